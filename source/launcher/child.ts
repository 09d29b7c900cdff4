import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a process ended: by itself with a code, by a signal, or never began (`error`). */
export type Exit = { code: number | null; signal: NodeJS.Signals | null; error?: Error };

export type Child = {
  readonly name: string;
  readonly pid: number | undefined;
  /** Settles when the process has ended and its output is read; never rejects. */
  readonly exited: Promise<Exit>;
  /** The last lines of its stdout and stderr together, oldest first. */
  lastLines(): string[];
  /** Asks the process to stop, waits for its end, and kills it after the deadline. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type ChildOptions = {
  name: string;
  /** Path of the program, a file that Node can run. */
  main: string;
  args?: string[];
  nodeArgs?: string[];
  env?: NodeJS.ProcessEnv;
  onLine?: (line: string) => void;
  onMessage?: (message: unknown) => void;
  /** A little more than the 10 s that `runProcess` allows itself, so that it can say what it waits for. */
  stopDeadlineMs?: number;
};

const LINES_KEPT = 20;

/**
 * Starts a Node program that lives no longer than this process: it has an IPC channel, whose end tells `runProcess`
 * inside the child to stop, also when this process is killed with SIGKILL.
 *
 * The child is put in a process group of its own, so that a terminal's Ctrl-C reaches only this process, which stops
 * its children in order.
 */
export function startChild(options: ChildOptions): Child {
  const { name, main, args = [], nodeArgs = [], env = process.env, stopDeadlineMs = 11_000 } = options;
  const child = spawn(process.execPath, [...nodeArgs, main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // On Windows `detached` would open a console window, and there Ctrl-C is no signal that children must be kept from.
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
  // Windows knows no SIGTERM that a process could act on; the end of the IPC channel asks for the same.
  if (process.platform !== 'win32') child.kill('SIGTERM');
  else if (child.connected) child.disconnect();
  const deadline = setTimeout(() => killGroup(child), deadlineMs);
  await exited;
  clearTimeout(deadline);
}

function killGroup(child: ChildProcess): void {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // It ended at this very moment.
  }
}

/** "ended with exit code 1", "was killed by SIGKILL": the end of a sentence that begins with the process' name. */
export function describeExit({ code, signal, error }: Exit): string {
  if (error) return `could not be started (${error.message})`;
  return signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
}
