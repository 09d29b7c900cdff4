import { access, constants, realpath, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The path of a program on PATH, or else in one of these folders; undefined if there is none. */
export async function findOnPath(program: string, ...others: string[]): Promise<string | undefined> {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...others].filter((folder) => folder !== '');
  for (const file of folders.map((folder) => join(folder, program))) if (await isProgram(file)) return realpath(file);
  return undefined;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
