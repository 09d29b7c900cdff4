import { UserError } from '@mythical/common/lifecycle';
import { type Child, describeExit } from './child.ts';
import { openLogFile } from './log-file.ts';
import { until } from './until.ts';

/** A process of the sandbox, with its log file. */
export type Part = { name: string; child: Child; logPath: string };

/** For a slow laptop on its first start. A process that ends is noticed immediately. */
const READY_DEADLINE_MS = 60_000;

/**
 * Starts a process with its own log file. If it ends although `isStopping()` is false, the unhandled rejection makes
 * `runProcess` stop everything.
 */
export function startPart(
  name: string,
  logPath: string,
  isStopping: () => boolean,
  start: (onLine: (line: string) => void) => Child,
): Part {
  const log = openLogFile(logPath);
  const part = { name, logPath, child: start(log.write) };
  void part.child.exited.then((exit) => {
    log[Symbol.dispose]();
    if (!isStopping()) throw new UserError(`${name} ${describeExit(exit)}. ${lastWords(part)}`);
  });
  return part;
}

/**
 * Waits until `/readyz` of a base URL responds with 200.
 *
 * @throws {UserError} after the deadline, with the last response and the last log lines
 */
export async function whenReady(part: Part, url: string, deadlineMs = READY_DEADLINE_MS): Promise<void> {
  let answer = 'no response';
  const isReady = async () => {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    if (response) answer = `${response.status} ${await response.text().catch(() => '')}`.trim();
    return response?.ok === true;
  };
  try {
    await until(isReady, { timeoutMs: deadlineMs });
  } catch {
    const waited = `${part.name} is not ready after ${deadlineMs / 1000} s (${url}/readyz: ${answer})`;
    throw new UserError(`${waited}. ${lastWords(part)}`);
  }
}

/** The last log lines, and where to find the rest. */
function lastWords({ child, logPath }: Part): string {
  const lines = child.lastLines();
  if (lines.length === 0) return `Its log ${logPath} is empty`;
  return `Last lines of ${logPath}:\n${lines.map((line) => `  | ${line}`).join('\n')}`;
}
