import { UserError } from '@mythical/common/lifecycle';
import { type Child, describeExit } from './child.ts';
import { openLogFile } from './log-file.ts';
import { until } from './until.ts';

/** A process of the sandbox, whose output goes to a log file. */
export type Part = { name: string; child: Child; logPath: string };

/** Of a slow laptop that is busy with the first start. A part that ends is noticed at once. */
const READY_DEADLINE_MS = 60_000;

/**
 * Gives a process a log file of its own. If it ends although `isStopping()` is false, that is an unhandled rejection
 * with a UserError, on which `runProcess` stops everything.
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
 * Waits until `/readyz` below a URL answers 200.
 *
 * @throws {UserError} after the deadline, with the last answer and the last lines of the log.
 */
export async function whenReady(part: Part, url: string, deadlineMs = READY_DEADLINE_MS): Promise<void> {
  let answer = 'no answer';
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

/** What a part wrote last, and where the rest is. */
function lastWords({ child, logPath }: Part): string {
  const lines = child.lastLines();
  if (lines.length === 0) return `It wrote nothing to its log, ${logPath}`;
  return `Its last lines, of ${logPath}:\n${lines.map((line) => `  | ${line}`).join('\n')}`;
}
