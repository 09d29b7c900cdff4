import { setTimeout as sleep } from 'node:timers/promises';
import type { Finding } from '../check/finding.ts';
import { askJson, poll, send } from './ask.ts';
import { countTraces, logEntries } from './backends.ts';
import { lokiPush, newMarker, otlpSpans } from './markers.ts';
import type { Stack } from './stack.ts';

// The backends are down for a minute while lines, spans and samples come in: as much must come out as went in.

/** How the backends stop and start again: through Docker or, in a test, through their processes. */
export type Outage = { stop(): Promise<void>; start(): Promise<void> };

const EACH_MS = 500;
const SCRAPE_SECONDS = 5;
/**
 * How long it may take until all waiting data has arrived, once the backends are back. A Mimir that is still starting answers
 * with an error, and asks a sender that has failed often to wait for up to 96 s.
 */
const CATCH_UP_MS = 120_000;

/** @param signal ends the outage early: the backends start again, and this rejects */
export async function checkOutage(
  stack: Stack,
  outage: Outage,
  seconds: number,
  signal?: AbortSignal,
): Promise<Finding[]> {
  const marker = newMarker();
  const began = Date.now();
  let sent = 0;
  const sendOne = async () => {
    const number = sent++;
    await send(
      `${stack.lokiPush}/loki/api/v1/push`,
      lokiPush({ service_name: 'workshop' }, `n=${number} ${marker.word}`),
    );
    await send(`${stack.otlp}/v1/traces`, otlpSpans({}, marker, number).body);
  };
  await sendOne();
  let end = began;
  try {
    await outage.stop();
    end = Date.now() + seconds * 1000;
    while (Date.now() < end) {
      await sendOne();
      await sleep(EACH_MS, undefined, { signal });
    }
  } finally {
    await outage.start();
  }
  await sendOne();
  const deadline = Date.now() + CATCH_UP_MS;
  const query = `{service_name="workshop"} |= "${marker.word}"`;
  const arrived = (wanted: number, ask: () => Promise<number>) =>
    poll(
      () => ask().catch(() => 0),
      (count) => count >= wanted,
      { deadline, signal },
    );
  const scrapes = Math.floor(seconds / SCRAPE_SECONDS) - 1;
  const [lines, traces, samples] = await Promise.all([
    arrived(sent, async () => (await logEntries(stack, query, marker.since)).length),
    arrived(sent, () => countTraces(stack, marker.word)),
    arrived(scrapes, () => countSamples(stack, began, end)),
  ]);
  signal?.throwIfAborted();
  const result = (name: string, given: number, wanted: number): Finding => ({
    ...{ layer: 'result', verdict: given >= wanted ? 'passed' : 'failed', requirement: 'outage' },
    ...{ code: given >= wanted ? 'arrived' : 'lost', args: { name, given, wanted } },
  });
  return [
    result('log lines', lines, sent),
    result('traces', traces, sent),
    // One may fall on either side of the start or the end.
    result('Alloy scrapes', Math.min(samples, scrapes), scrapes),
  ];
}

/** Samples of Alloy's own scrape between two times. */
async function countSamples(stack: Stack, from: number, to: number): Promise<number> {
  const query = `count_over_time(up{job="alloy",service_name=""}[${Math.ceil((to - from) / 1000)}s])`;
  const url = `${stack.mimir}/prometheus/api/v1/query?${new URLSearchParams({ query, time: String(to / 1000) })}`;
  const { data } = await askJson<{ data: { result: { value: [number, string] }[] } }>(url);
  return Number(data.result[0]?.value[1] ?? 0);
}
