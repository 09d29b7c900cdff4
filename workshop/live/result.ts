import type { Finding } from '../check/finding.ts';
import { compare } from '../check/outcome.ts';
import type { Outcome } from '../check/requirement.ts';
import { emptySample, type Sample } from '../check/sample.ts';
import { noCollector, reload } from './alloy.ts';
import { type Limits, NOT_OPEN, NoAnswer, poll, send, TIMEOUT } from './ask.ts';
import { countTraces, freshSeries, logEntries, profileTypes, type Span, spansOf } from './backends.ts';
import type { LiveCheck } from './live-check.ts';
import {
  faroEvent,
  fill,
  lokiPush,
  type Marker,
  markerOf,
  newMarker,
  otlpLine,
  otlpMetric,
  otlpSpans,
} from './markers.ts';
import { type Stack, startCommand } from './stack.ts';

// Did the data arrive, as the lesson requires, and only once? Checked in the backends, with data that this check has sent.

type Of<T extends LiveCheck['type']> = Extract<LiveCheck, { type: T }>;

export type Context = Limits & {
  stack: Stack;
  marker: Marker;
  seconds: number;
  file: string;
  /** How long data may take, in seconds. */
  patience: number;
  /** How long the checks had to wait until Alloy took their data, in ms. */
  late: number;
};

/** How long to keep looking after data has arrived, in case it arrives again. */
const TWICE_MS = 1_500;

export const newContext = (stack: Stack, seconds: number, file: string, marker = newMarker()): Context => ({
  ...{ stack, seconds, file, marker, patience: 0, late: 0 },
  deadline: Date.now() + seconds * 1000,
});

const UNDECIDED = ['outage-not-tried', 'not-yet'];

export async function checkResult(check: LiveCheck, context: Context): Promise<Finding> {
  try {
    const { code, args = {} } = await run(check, context);
    const verdict = code === 'arrived' ? 'passed' : UNDECIDED.includes(code) ? 'unknown' : 'failed';
    return { layer: 'result', verdict, code, args, requirement: check.id };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return noAnswer(error, check, context);
  }
}

/**
 * If a port of Alloy isn't open, it is the student's mistake; if something is only slow to respond, it isn't. The Collector's
 * port is open if it runs at all: the file has its receiver.
 */
function noAnswer({ url, message }: NoAnswer, { id }: LiveCheck, { stack, file }: Context): Finding {
  const { origin } = new URL(url);
  const isDoor = [stack.otlp, stack.lokiPush, stack.profilesPush, stack.faro].includes(origin);
  if (isDoor) {
    if (message === TIMEOUT)
      return { layer: 'result', verdict: 'unknown', code: 'slow', args: { url }, requirement: id };
    if (file.endsWith('.yml') && NOT_OPEN.includes(message)) return { ...noCollector(origin, file), requirement: id };
    return { layer: 'result', verdict: 'failed', code: 'not-sent', args: { url, reason: message }, requirement: id };
  }
  const name = Object.entries(stack).find(([, address]) => origin === address)?.[0] ?? 'a backend';
  const args = { name, url, command: startCommand(file) };
  return { layer: 'result', verdict: 'unknown', code: 'no-backend', args, requirement: id };
}

type Result = { code: string; args?: Finding['args'] };

const ARRIVED: Result = { code: 'arrived' };

async function run(check: LiveCheck, context: Context): Promise<Result> {
  const { stack, marker } = context;
  switch (check.type) {
    case 'series':
      return arrives(fill(check.query, marker), seriesOf(check.value), context, check.count);
    case 'line':
      return checkLine(check, context);
    case 'lines':
      if (check.reload) await reload(stack.alloy, context.file);
      return arrives(fill(check.query, marker), linesOf, context);
    case 'spans':
      return checkSpans(check, context);
    case 'otlp-metric':
      await sendIn(context, `${stack.otlp}/v1/metrics`, otlpMetric(marker));
      return arrives(`workshop_marker{marker="${marker.word}"}`, seriesOf(), context, 1);
    case 'otlp-line':
      await sendIn(context, `${stack.otlp}/v1/logs`, otlpLine(marker));
      return arrives(`{service_name="workshop"} |= "${marker.word}"`, linesOf, context, 1);
    case 'profiles':
      return checkProfiles(check, context);
    case 'faro':
      await sendIn(context, `${stack.faro}/collect`, faroEvent(marker), { origin: 'http://localhost:3001' });
      return arrives(`{service_name="mythical-frontend", kind="event"} |= "${marker.word}"`, linesOf, context);
    case 'outage':
      return { code: 'outage-not-tried', args: { command: 'npm run workshop outage' } };
  }
}

type Ask = (query: string, context: Context) => Promise<unknown[]>;

const seriesOf =
  (value?: number): Ask =>
  (query, { stack, marker }) =>
    freshSeries(stack, query, marker.since, value);

const linesOf: Ask = (query, { stack, marker }) => logEntries(stack, query, marker.since);

/** Waits until something arrives. With a maximum, it keeps looking: more of it may be on its way. */
async function arrives(query: string, ask: Ask, context: Context, atMost?: number): Promise<Result> {
  const found = await poll(
    () => ask(query, context),
    ({ length }) => length > 0,
    context,
  );
  if (found.length === 0) return notArrived(query, context);
  if (atMost === undefined) return ARRIVED;
  const all = await afterwards(() => ask(query, context));
  return all.length > atMost ? wrongCount(query, all.length, atMost) : ARRIVED;
}

async function sendIn(context: Context, ...args: Parameters<typeof send>): Promise<void> {
  context.late = Math.max(context.late, await send(...args));
}

async function checkLine({ input, expect }: Of<'line'>, context: Context): Promise<Result> {
  const { stack, marker } = context;
  const labels = input.labels ?? {};
  await sendIn(context, `${stack.lokiPush}/loki/api/v1/push`, lokiPush(labels, fill(input.line ?? '{marker}', marker)));
  const [name, value] = Object.entries(labels)[0] ?? ['service_name', 'workshop'];
  const query = `{${name}="${value}"} |= "${marker.word}"`;
  const since = expect.timestamp === undefined ? marker.since : marker.shifted - 60_000;
  const ask = () => logEntries(stack, query, since);
  const [entry] = await poll(ask, (entries) => entries.length > 0, context);
  if (!entry) return notArrived(query, context);
  const entries = await afterwards(ask);
  if (entries.length > 1) return wrongCount(query, entries.length, 1);
  const wanted = expect.timestamp === undefined ? expect : { ...expect, timestamp: marker.shifted };
  return differences({ ...emptySample(), ...entry }, wanted);
}

async function checkSpans({ id, input, expect, atMost }: Of<'spans'>, context: Context): Promise<Result> {
  const { stack } = context;
  // In a lesson with several checks of spans, each has a different name; the first uses the word of the run.
  const isPlain = atMost === undefined && !input.error && !input.milliseconds;
  const marker = isPlain ? context.marker : markerOf(context.marker, id);
  const { ids, body } = otlpSpans(input, marker);
  await sendIn(context, `${stack.otlp}/v1/traces`, body);
  const query = `{ name = "${marker.word}" }`;
  if (atMost !== undefined) {
    // Until the sampler has decided, and its decisions have arrived.
    const settled = Date.now() + Math.min(10_000, context.seconds * 700);
    const kept = await poll(
      () => countTraces(stack, marker.word),
      (count) => count > atMost,
      { ...context, deadline: settled },
    );
    return kept > atMost ? { code: 'too-many', args: { query, given: kept, wanted: atMost } } : ARRIVED;
  }
  const ask = async () => (await Promise.all(ids.map((id) => spansOf(stack, id)))).flat();
  const spans = await poll(ask, (spans) => spans.length >= ids.length, context);
  if (spans.length === 0) return notArrived(query, context);
  const all = await afterwards(ask);
  if (all.length !== ids.length) return wrongCount(query, all.length, ids.length);
  return differences(asSample(all[0]!), expect);
}

const asSample = ({ attributes }: Span): Sample => ({ ...emptySample(), attributes });

async function checkProfiles({ service, push }: Of<'profiles'>, context: Context): Promise<Result> {
  const { stack, marker } = context;
  const name = push ? marker.word : service;
  if (push) {
    const now = Math.floor(Date.now() / 1000);
    const parameters = {
      name: `${name}{service_name=${name}}`,
      // Its time, which must not be before the start of this run.
      from: String(now - 1),
      until: String(now),
      format: 'folded',
    };
    await sendIn(context, `${stack.profilesPush}/ingest?${new URLSearchParams(parameters)}`, `workshop;${name} 100\n`);
  }
  return arrives(`{service_name="${name}"}`, () => profileTypes(stack, name, marker.since), context);
}

async function afterwards<T>(ask: () => Promise<T>): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, TWICE_MS));
  return ask();
}

function differences(sample: Sample, expect: Outcome): Result {
  const [difference] = compare(sample, expect);
  if (!difference) return ARRIVED;
  const { code, name, wanted, given } = difference;
  return { code, args: { name, wanted, given } };
}

const notArrived = (query: string, { seconds, patience, late }: Context): Result =>
  seconds - late / 1000 < patience
    ? { code: 'not-yet', args: { query, seconds, patience: String(patience) } }
    : { code: 'not-arrived', args: { query, seconds } };

const wrongCount = (query: string, given: number, wanted: number): Result => ({
  code: 'wrong-count',
  args: { query, given, wanted },
});
