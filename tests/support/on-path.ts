import { access, constants, realpath } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The file behind a program on PATH, or else in one of these folders; undefined when there is none. */
export async function findOnPath(program: string, ...others: string[]): Promise<string | undefined> {
  for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...others]) {
    const file = join(folder, program);
    const found = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return realpath(file);
  }
  return undefined;
}
