import { SERVICES } from '@mythical/common/services';
import type { Verdict } from '../check/finding.ts';
import { NoAnswer } from '../live/ask.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Fault } from './record.ts';
import type { Backend, Found } from './trace.ts';

/** A time range in ms: a whole minute if no seconds were given. */
export type Start = { from: number; to: number };
export type Answer = { service: string; cause: string; start: Start | undefined; trace: string };

export const PARTS = ['service', 'cause', 'start', 'trace'] as const;
export type Part = (typeof PARTS)[number];
export type Graded = {
  verdict: Verdict;
  code: 'right' | 'wrong' | 'no-time' | 'no-id' | 'no-answer' | 'no-trace' | 'other-time' | 'too-fresh' | 'no-sign';
};
export type Grade = Record<Part, Graded>;

const TOLERANCE_MS = 60_000;
/** By then, all spans and log lines of a trace have arrived. */
const SETTLED_MS = 10_000;

/** Compares each part of an answer with the injected fault, and looks up the trace in the backend. */
export async function grade(fault: Fault, answer: Answer, backend: Backend, now = Date.now()): Promise<Grade> {
  return {
    service: rightIf(answer.service === SERVICES[fault.service].name),
    cause: rightIf(answer.cause === fault.cause),
    start: gradeStart(fault, answer.start),
    trace: await gradeTrace(fault, answer.trace, backend, now),
  };
}

/** The grade for the best matching fault. */
export async function bestGrade(
  faults: readonly Fault[],
  answer: Answer,
  backend: Backend,
): Promise<{ fault: Fault; grade: Grade }> {
  const grades = await Promise.all(
    faults.map(async (fault) => ({ fault, grade: await grade(fault, answer, backend) })),
  );
  const right = ({ grade }: { grade: Grade }) => PARTS.filter((part) => grade[part].verdict === 'passed').length;
  return grades.toSorted((one, other) => right(other) - right(one))[0]!;
}

const rightIf = (isRight: boolean): Graded =>
  isRight ? { verdict: 'passed', code: 'right' } : { verdict: 'failed', code: 'wrong' };

function gradeStart({ from }: Fault, start: Start | undefined): Graded {
  if (start === undefined) return { verdict: 'failed', code: 'no-time' };
  return rightIf(start.from - TOLERANCE_MS <= from && from <= start.to + TOLERANCE_MS);
}

async function gradeTrace(fault: Fault, traceId: string, backend: Backend, now: number): Promise<Graded> {
  if (!/^[0-9a-f]{32}$/i.test(traceId)) return { verdict: 'failed', code: 'no-id' };
  const service = SERVICES[fault.service].name;
  let found: Found;
  try {
    found = await backend.find(traceId.toLowerCase(), service);
  } catch (error) {
    if (error instanceof NoAnswer) return { verdict: 'unknown', code: 'no-answer' };
    throw error;
  }
  const { spans } = found;
  if (spans.length === 0) return { verdict: 'unknown', code: 'no-trace' };
  // clock-off shifts the spans of its service, so only the other services’ spans give the time.
  const isDated = (span: { service: string }) => fault.cause !== 'clock-off' || span.service !== service;
  const during = spans.filter(
    (span) => isDated(span) && span.start >= fault.from - 1_000 && span.start <= fault.until + 1_000,
  );
  if (during.length === 0) return { verdict: 'failed', code: 'other-time' };
  const { shows, byAbsence } = CATALOGUE[fault.cause];
  const isShown = shows({ ...found, service, during });
  const end = Math.max(...spans.map(({ start, duration }) => start + duration));
  // The trace may be incomplete, and the rest could change the verdict.
  if (now - end < SETTLED_MS && isShown === (byAbsence ?? false)) return { verdict: 'unknown', code: 'too-fresh' };
  return isShown ? { verdict: 'passed', code: 'right' } : { verdict: 'failed', code: 'no-sign' };
}

/**
 * @param text `14:03` or `14:03:20`, within the last 24 hours, local time; or an ISO time
 * @returns undefined for an invalid time
 */
export function parseStart(text: string, now = new Date()): Start | undefined {
  const trimmed = text.trim();
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(trimmed);
  const withSeconds = clock ? clock[3] !== undefined : /T\d{2}:\d{2}:\d{2}/.test(trimmed);
  let from = Date.parse(trimmed);
  if (clock) {
    const [hours, minutes, seconds] = [Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0)];
    if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
    from = new Date(now).setHours(hours, minutes, seconds, 0);
    if (from > now.getTime() + 60_000) from = new Date(from).setDate(new Date(from).getDate() - 1);
  } else if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(trimmed) || Number.isNaN(from)) return undefined;
  return { from, to: from + (withSeconds ? 999 : 59_999) };
}
