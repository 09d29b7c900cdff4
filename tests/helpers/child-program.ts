import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { until } from './until.ts';

export type ChildProgram = {
  /** All lines that it wrote. */
  lines: string[];
  /** The most memory that it used so far. */
  peakMegabytes(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts a real program, and waits until `ready` answers 200. */
export async function startChildProgram(
  program: string,
  args: string[],
  { env = {}, ready, timeoutMs = 60_000 }: { env?: Record<string, string>; ready: string; timeoutMs?: number },
): Promise<ChildProgram> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop()!;
      lines.push(...parts);
    });
  }
  const exited = once(child, 'exit');
  async function stop(): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(impatience);
  }
  try {
    await until(
      async () => {
        if (child.exitCode !== null) return true;
        return (await fetch(ready)).ok;
      },
      { timeoutMs, intervalMs: 250, what: () => `${program} to be ready; it said:\n${lines.slice(-20).join('\n')}` },
    );
    if (child.exitCode !== null) throw new Error(`${program} ended:\n${lines.slice(-20).join('\n')}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    lines,
    async peakMegabytes() {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    [Symbol.asyncDispose]: stop,
  };
}
