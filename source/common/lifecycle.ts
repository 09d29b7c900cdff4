import { constants } from 'node:os';

/**
 * Process lifecycle: start, run until a signal, stop in order, exit.
 *
 * What a process opens goes on an `AsyncDisposableStack`, which closes it in reverse order.
 */

/** After this time a shutdown is aborted with exit code 1, in ms. */
const STOP_DEADLINE_MS = 10_000;

/**
 * Signals within this time of the first belong to the same key press: a terminal sends SIGINT on Ctrl-C to the whole
 * process group, and npm forwards it as well.
 */
const SAME_KEY_PRESS_MS = 1_000;

/** An error that the user can fix: the message explains how, and is printed without a stack trace. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
}

/** Reports process events while there is no logger. */
export type Announce = (message: string, error?: unknown) => void;

const toStderr: Announce = (message, error) => {
  if (error instanceof UserError) console.error(error.message);
  else if (error === undefined) console.error(message);
  else console.error(`${message}:`, error);
};

/**
 * Runs `start`, then waits for SIGTERM, SIGINT, the end of the parent process (if started with an IPC channel), or an
 * uncaught error; then disposes what `start` put on the stack, and exits.
 *
 * Exits with 0 after a signal; with 1 if the start or the shutdown fails, an error is uncaught, or the shutdown exceeds
 * its deadline.
 */
export async function runProcess(
  start: (resources: AsyncDisposableStack) => Promise<void>,
  { announce = toStderr, deadlineMs = STOP_DEADLINE_MS }: { announce?: Announce; deadlineMs?: number } = {},
): Promise<never> {
  // The reader of our output may be gone (a parent killed with SIGKILL). Without a listener, each write would raise an
  // uncaught EPIPE, which would be reported with another write.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  const resources = new AsyncDisposableStack();
  const stopRequest = nextStopRequest(announce);
  const outcome = await Promise.race([
    start(resources).then(
      () => stopRequest,
      (error: unknown) => {
        announce('failed to start', error);
        return { exitCode: 1 };
      },
    ),
    stopRequest,
  ]);

  const deadline = setTimeout(() => {
    announce(`shutdown took more than ${deadlineMs} ms, aborting`);
    process.exit(1);
  }, deadlineMs);
  let exitCode = outcome.exitCode;
  try {
    await resources.disposeAsync();
  } catch (error) {
    announce('failed to stop cleanly', error);
    exitCode = 1;
  }
  clearTimeout(deadline);
  process.exit(exitCode);
}

type StopRequest = { exitCode: number };

/** Resolves on the first reason to stop. A second signal ends the process immediately. */
function nextStopRequest(announce: Announce): Promise<StopRequest> {
  return new Promise((resolve) => {
    let firstSignalAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      if (firstSignalAt === undefined) {
        firstSignalAt = Date.now();
        resolve({ exitCode: 0 });
      } else if (Date.now() - firstSignalAt > SAME_KEY_PRESS_MS) {
        announce(`second ${signal}: exiting immediately`);
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
