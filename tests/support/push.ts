import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const MAIN = path.join(import.meta.dirname, '../../tools/push/main.ts');

/** `npm run push`, as a process. */
export async function push(...args: string[]): Promise<{ code: number; output: string }> {
  const options = { env: { PATH: process.env.PATH }, timeout: 60_000 };
  return promisify(execFile)(process.execPath, [MAIN, ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error) => ({ code: Number(error.code), output: String(error.stdout) + error.stderr }),
  );
}
