import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { CHILD_ENVIRONMENT } from './child-environment.ts';
import { until } from './until.ts';

export type ChildProgram = {
  pid: number;
  /** All lines of its output. */
  lines: string[];
  /** Its peak memory so far. */
  peakMegabytes(): Promise<number>;
  /** Stops it and waits; a program that has not exited five seconds after SIGTERM is killed. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts a real program, and waits until the URL `ready` returns 200, or until a line of its output satisfies `ready`. */
export async function startChildProgram(
  program: string,
  args: string[],
  {
    env = {},
    cwd,
    ready,
    timeoutMs = 60_000,
  }: { env?: NodeJS.ProcessEnv; cwd?: string; ready: string | ((line: string) => boolean); timeoutMs?: number },
): Promise<ChildProgram> {
  const child = spawn(program, args, {
    cwd,
    env: { ...CHILD_ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
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
  const ended = () => child.exitCode !== null || child.signalCode !== null;
  async function stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (ended()) return;
    child.kill(signal);
    const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await exited;
    clearTimeout(impatience);
  }
  try {
    await until(
      async () => {
        if (ended()) return true;
        return typeof ready === 'string' ? (await fetch(ready)).ok : lines.some(ready);
      },
      { timeoutMs, intervalMs: 250, what: () => `${program} to be ready; its output:\n${lines.slice(-20).join('\n')}` },
    );
    if (ended()) throw new Error(`${program} ended:\n${lines.slice(-20).join('\n')}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    pid: child.pid!,
    lines,
    peakMegabytes: () => peakMegabytes(child.pid!),
    stop,
    [Symbol.asyncDispose]: () => stop(),
  };
}

/** The largest resident set of a process so far; NaN where there is no /proc. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}
