import { setTimeout as sleep } from 'node:timers/promises';
import { SPAN_PROFILES_SUPPORTED } from '@mythical/common/telemetry/span-profiles';
import { postJson } from '../../grafana/model/http.ts';
import type { RunningService, Sandbox } from './sandbox.ts';

// Load that burns CPU in some requests, and its share in the profiles of spans.

/** The `skip` option for tests of span profiles. */
export const skip = SPAN_PROFILES_SUPPORTED ? false : 'not run: span profiles, on Windows';

/** The functions that the scenario cpu-burn runs for 100 ms, in a third of the requests. */
const BURNING = ['countDragonScalesTheSlowWay', 'countScalesOfOneDragon'];
/** The same functions in Pyroscope's flame graphs. */
export const BURNING_NAME = new RegExp(`:(${BURNING.join('|')}):`);

export type SpanRow = {
  span_id: string;
  trace_id: string;
  start_ms: number;
  duration_ms: number;
  /** CPU time of its samples, ms: of all code, and of the burning functions. */
  cpu: number;
  burning: number;
};

/** Each server span, with the CPU time of its samples. */
export function spansOf(sandbox: Sandbox): Promise<SpanRow[]> {
  return sandbox.rows<SpanRow>(`
    with samples as (
      select span_id, sum(value) / 1e6 as cpu,
             coalesce(sum(value) filter (list_has_any(stack, ['${BURNING.join("', '")}'])), 0) / 1e6 as burning
      from profiles where type = 'cpu' and span_id is not null group by span_id)
    select s.span_id, s.trace_id, epoch_ms(s.start_time)::double as start_ms, s.duration_ms,
           coalesce(p.cpu, 0)::double as cpu, coalesce(p.burning, 0)::double as burning
    from spans s left join samples p on p.span_id = (s.attributes->>'pyroscope.profile.id')
    where s.kind = 'server' and s.name = 'GET /:beast'`);
}

export async function addBeasts(server: RunningService, count: number): Promise<void> {
  for (let index = 0; index < count; index++) await postJson(`${server.url}/unicorn`, { name: `of many ${index}` });
}

export const burnCpu = (server: RunningService) =>
  postJson(`${server.url}/scenarios`, { name: 'cpu-burn', seconds: 60 });

/** For this many seconds; on a busy machine for up to 30 more, until there were `atLeast` this many requests. */
export async function makeRequests(
  { url }: RunningService,
  { seconds, loops, atLeast = 0 }: { seconds: number; loops: number; atLeast?: number },
) {
  const end = Date.now() + seconds * 1000;
  let made = 0;
  await Promise.all(
    Array.from({ length: loops }, async () => {
      while (Date.now() < end || (made < atLeast && Date.now() < end + 30_000)) {
        await (await fetch(`${url}/unicorn?limit=300`)).arrayBuffer();
        made++;
        await sleep(1);
      }
    }),
  );
}

export const burntShare = ({ cpu, burning }: SpanRow) => burning / cpu;
export const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
export const describeShares = (shares: number[]) =>
  `share of the burning function ${median(shares).toFixed(3)} (median), ${Math.min(...shares).toFixed(3)} (minimum)`;
