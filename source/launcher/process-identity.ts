import { readFile } from 'node:fs/promises';

/**
 * A line that identifies a process, or undefined if it isn't running. Process ids are reused, immediately after a
 * container restart, so on Linux the line includes the start time.
 */
export async function describeProcess(pid: number): Promise<string | undefined> {
  if (!isAlive(pid)) return undefined;
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // proc(5): field 22 is the start time; field 2, the name in parentheses, may contain spaces.
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${pid} ${startTime}`.trim();
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
