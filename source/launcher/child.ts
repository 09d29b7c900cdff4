import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { NODE_VARIABLES } from '@mythical/common/services';

/** How a process ended: with an exit code, by a signal, or because it couldn't start (`error`). */
export type Exit = { code: number | null; signal: NodeJS.Signals | null; error?: Error };

export type Child = {
  readonly name: string;
  readonly pid: number | undefined;
  /** Resolves when the process has ended and its output has been read; never rejects. */
  readonly exited: Promise<Exit>;
  /** The last lines of stdout and stderr, oldest first. */
  lastLines(): string[];
  /** Stops the process and waits for it; kills it after the deadline. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ChildOptions = {
  name: string;
  /** Path of a program that Node can run. */
  main: string;
  args?: string[];
  nodeArgs?: string[];
  env?: NodeJS.ProcessEnv;
  onLine?: (line: string) => void;
  onMessage?: (message: unknown) => void;
  /** Default: a little more than the 10 s of `runProcess`, which reports an exceeded deadline itself. */
  stopDeadlineMs?: number;
};

const LINES_KEPT = 20;

/** Child processes use the compile cache of this one. */
const VARIABLES = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...NODE_VARIABLES };

/**
 * Starts a Node program that never outlives this process: when its IPC channel closes, even because this process was
 * killed with SIGKILL, the child's `runProcess` stops.
 *
 * The child gets its own process group, so that Ctrl-C in a terminal only reaches this process, which stops its
 * children in order.
 */
export function startChild(options: ChildOptions): Child {
  const { name, main, args = [], nodeArgs = [], env = process.env, stopDeadlineMs = 11_000 } = options;
  const child = spawn(process.execPath, [...nodeArgs, main, ...args], {
    env: { ...env, ...VARIABLES },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // On Windows, `detached` would open a console window, and Ctrl-C isn't sent to child processes.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });

  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream! }).on('line', (line) => {
      lines.push(line);
      if (lines.length > LINES_KEPT) lines.shift();
      options.onLine?.(line);
    });
  }
  if (options.onMessage) child.on('message', options.onMessage);

  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const stop = () => stopChild(child, exited, stopDeadlineMs);
  return { name, pid: child.pid, exited, lastLines: () => [...lines], stop, [Symbol.asyncDispose]: stop };
}

async function stopChild(child: ChildProcess, exited: Promise<Exit>, deadlineMs: number): Promise<void> {
  if (child.pid === undefined) return;
  // On Windows, SIGTERM can't be handled; closing the IPC channel has the same effect.
  if (process.platform !== 'win32') child.kill('SIGTERM');
  else if (child.connected) child.disconnect();
  const deadline = setTimeout(() => killGroup(child), deadlineMs);
  await exited;
  clearTimeout(deadline);
}

/** Kills a process that was started with `detached`, and the processes that it started. */
export function killGroup(child: ChildProcess): void {
  // Its ID may be in use again.
  if (child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
}

/** Completes a sentence that starts with the process's name: "ended with exit code 1", "was killed by SIGKILL". */
export function describeExit({ code, signal, error }: Exit): string {
  if (error) return `could not be started (${error.message})`;
  return signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
}
