import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The file behind a program on PATH, undefined when there is none. */
export async function findOnPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return realpath(file);
  }
  return undefined;
}
