import { constants } from 'node:os';

/**
 * The life of a process: start, run until told to stop, stop in order, exit.
 *
 * What a process opens is put on an `AsyncDisposableStack` and closed in reverse order, so a service is written as a
 * list of what it starts and never needs a second list of what it stops.
 */

/** How long a stop may take before the process gives up and exits with 1, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

/**
 * Signals that come this soon after the first belong to the same key press: a terminal sends Ctrl-C to the whole
 * group, and npm passes it on once more.
 */
const SAME_KEY_PRESS_MS = 1_000;

/** Something that a person can mend: the message says what is wrong and how, and is shown as it is, without a stack. */
export class Trouble extends Error {
  override readonly name: string = 'Trouble';
}

/** Says what happens to the process itself, before and after there is a logger. */
export type Announce = (message: string, error?: unknown) => void;

const toStderr: Announce = (message, error) => {
  if (error instanceof Trouble) console.error(error.message);
  else if (error === undefined) console.error(message);
  else console.error(`${message}:`, error);
};

/**
 * Runs `start`, then waits for SIGTERM, SIGINT, the parent process' end (when started with an IPC channel), or an
 * uncaught error; then closes what `start` put on the stack, last opened first, and exits.
 *
 * Exit codes: 0 after a clean stop on a signal, 1 when the start failed, an uncaught error ended the process, or the
 * stop took longer than the deadline.
 */
export async function runProcess(
  start: (resources: AsyncDisposableStack) => Promise<void>,
  { announce = toStderr, deadlineMs = STOP_DEADLINE_MS }: { announce?: Announce; deadlineMs?: number } = {},
): Promise<never> {
  // Whoever read our output may be gone (a parent killed with SIGKILL). Without listeners each line would be an uncaught
  // EPIPE, whose announcement is the next one.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const resources = new AsyncDisposableStack();
  const stopRequest = nextStopRequest(announce);
  const outcome = await Promise.race([
    start(resources).then(
      () => stopRequest,
      (error: unknown) => {
        announce('could not start', error);
        return { exitCode: 1 };
      },
    ),
    stopRequest,
  ]);

  const deadline = setTimeout(() => {
    announce(`still stopping after ${deadlineMs} ms: giving up`);
    process.exit(1);
  }, deadlineMs);
  let exitCode = outcome.exitCode;
  try {
    await resources.disposeAsync();
  } catch (error) {
    announce('could not stop cleanly', error);
    exitCode = 1;
  }
  clearTimeout(deadline);
  process.exit(exitCode);
}

type StopRequest = { exitCode: number };

/** Settles at the first reason to stop. A second signal, from an impatient person, ends the process at once. */
function nextStopRequest(announce: Announce): Promise<StopRequest> {
  return new Promise((resolve) => {
    let firstSignalAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (firstSignalAt === undefined) {
        firstSignalAt = Date.now();
        resolve({ exitCode: 0 });
      } else if (Date.now() - firstSignalAt > SAME_KEY_PRESS_MS) {
        announce(`second ${signal}: stopping at once`);
        process.exit(128 + constants.signals[signal]);
      }
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
    process.once('disconnect', () => resolve({ exitCode: 0 }));
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error: unknown) => {
        announce(event === 'uncaughtException' ? 'uncaught exception' : 'unhandled rejection', error);
        resolve({ exitCode: 1 });
      });
    }
  });
}
