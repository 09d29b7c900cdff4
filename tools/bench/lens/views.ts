import { EXAMPLES, SCHEMA_QUERY } from '../../../source/lens/page/queries/examples.ts';
import { logsQuery, traceLogsQuery, volumeQuery } from '../../../source/lens/page/queries/logs.ts';
import { NEWEST_QUERY } from '../../../source/lens/page/queries/newest.ts';
import { profileChoicesQuery, stacksQuery } from '../../../source/lens/page/queries/profiles.ts';
import {
  endpointsQuery,
  errorsQuery,
  exemplarQuery,
  latencyQuery,
  rateQuery,
  versionsQuery,
} from '../../../source/lens/page/queries/red.ts';
import { profiledSpansQuery, spansQuery, tracesQuery } from '../../../source/lens/page/queries/traces.ts';
import type { LensUnderTest } from './lens-under-test.ts';

/** The longest range of the page: all that lens has. */
const RANGE = { minutes: 60 };
const SERVICE = { service: 'mythical-server' };

export type Question = { view: string; query: string; sql: string };

/** Every query of the page, on the rows of the benchmark. */
export function questions(traceId: string, spanId: string): Question[] {
  const all: [view: string, query: string, sql: { text: string }][] = [
    ...(['spans', 'histogram'] as const).flatMap((source): [string, string, { text: string }][] => [
      ['RED', `rate, from ${source}`, rateQuery(source, {}, RANGE)],
      ['RED', `errors, from ${source}`, errorsQuery(source, {}, RANGE)],
      ['RED', `latency, from ${source}`, latencyQuery(source, {}, RANGE)],
      [
        'RED',
        `latency of an endpoint, from ${source}`,
        latencyQuery(source, { ...SERVICE, endpoint: 'owlbear' }, RANGE),
      ],
    ]),
    ['RED', 'exemplars', exemplarQuery({}, RANGE)],
    ['RED', 'endpoints', endpointsQuery({}, RANGE)],
    ['RED', 'versions', versionsQuery({}, RANGE)],
    ['traces', 'latest', tracesQuery({}, RANGE)],
    ['traces', 'with errors', tracesQuery({ ...SERVICE, status: 'error' }, RANGE)],
    ['traces', 'slow', tracesQuery({ minMs: 1000 }, RANGE)],
    ['traces', 'with a text', tracesQuery({ text: 'conflict' }, RANGE)],
    ['trace', 'spans', spansQuery(traceId)],
    ['trace', 'log lines', traceLogsQuery(traceId)],
    ['trace', 'profiles', profiledSpansQuery(traceId)],
    ['logs', 'lines', logsQuery({}, RANGE)],
    ['logs', 'lines with a text', logsQuery({ level: 'info', text: 'duration=42ms' }, RANGE)],
    ['logs', 'volume', volumeQuery({}, RANGE)],
    ['flame graph', 'choices', profileChoicesQuery(RANGE)],
    ['flame graph', 'stacks', stacksQuery({ ...SERVICE, type: 'cpu' }, RANGE)],
    ['flame graph', 'stacks of a span', stacksQuery({ ...SERVICE, type: 'cpu', spanId }, RANGE)],
    ['header', 'newest', NEWEST_QUERY],
    ['SQL', 'columns', SCHEMA_QUERY],
    ...EXAMPLES.map(({ title, query }): [string, string, { text: string }] => ['SQL', title, query]),
  ];
  return all.map(([view, query, { text }]) => ({ view, query, sql: text }));
}

export type ViewTime = Omit<Question, 'sql'> & { ms: number; rows: number };

/** The median of some runs, as lens measures it, with the time that the query waits for pending rows. */
export async function measureViews(lens: LensUnderTest, runs = 5): Promise<ViewTime[]> {
  const [traceId, spanId] = (
    await lens.query('SELECT trace_id, span_id FROM profiles WHERE span_id IN (SELECT span_id FROM spans) LIMIT 1')
  ).rows[0] as [string, string];
  const times: ViewTime[] = [];
  for (const { view, query, sql } of questions(traceId, spanId)) {
    const answers = [];
    for (let run = 0; run < runs; run += 1) answers.push(await lens.query(sql));
    const sorted = answers.map(({ elapsedMs }) => elapsedMs).toSorted((one, other) => one - other);
    times.push({ view, query, ms: sorted[Math.floor(runs / 2)]!, rows: answers[0]!.rows.length });
  }
  return times;
}
