import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutageCollector } from './outage-collector.ts';

/** Telemetry of which each piece has a number, so that what is lost, or comes twice, is known exactly. */
export type OutageLoad = {
  /** What the collector took, by OTLP. */
  lines: string[];
  spanIds: string[];
  /** What it did not take: whoever sends would try again. */
  refused: { lines: number; spans: number };
  /** What was written to a log file of Docker. */
  fileLines: string[];
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

const PADDING = 'x'.repeat(180);
const FIELDS = [{ key: 'padding', value: { stringValue: PADDING } }];
const RESOURCE = { attributes: [{ key: 'service.name', value: { stringValue: 'outage-test' } }] };

/** 100 lines and 200 spans a second by OTLP, and 20 lines a second in a file; in four requests for each. */
export function startOutageLoad(collector: OutageCollector): OutageLoad {
  let ended = false;
  let count = 0;
  const load: OutageLoad = {
    lines: [],
    spanIds: [],
    refused: { lines: 0, spans: 0 },
    fileLines: [],
    stop,
    [Symbol.asyncDispose]: stop,
  };
  async function stop(): Promise<void> {
    ended = true;
    await loops;
    await Promise.all(waiting);
  }
  const waiting = new Set<Promise<void>>();

  const post = (signal: string, body: object) =>
    fetch(`http://127.0.0.1:${collector.ports.otlp}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
  const now = () => `${Date.now()}000000`;

  async function sendLines(): Promise<void> {
    const lines = Array.from({ length: 25 }, () => `otlp ${count++}`);
    const logRecords = lines.map((line) => ({
      timeUnixNano: now(),
      severityText: 'INFO',
      body: { stringValue: line },
      attributes: FIELDS,
    }));
    if (await post('logs', { resourceLogs: [{ resource: RESOURCE, scopeLogs: [{ logRecords }] }] })) {
      load.lines.push(...lines);
    } else load.refused.lines += lines.length;
  }

  async function sendSpans(): Promise<void> {
    const spans = Array.from({ length: 50 }, () => ({
      traceId: randomBytes(16).toString('hex'),
      spanId: randomBytes(8).toString('hex'),
      name: 'outage',
      kind: 2,
      startTimeUnixNano: now(),
      endTimeUnixNano: now(),
      attributes: FIELDS,
    }));
    if (await post('traces', { resourceSpans: [{ resource: RESOURCE, scopeSpans: [{ spans }] }] })) {
      load.spanIds.push(...spans.map(({ spanId }) => spanId));
    } else load.refused.spans += spans.length;
  }

  async function writeLines(): Promise<void> {
    const lines = Array.from({ length: 5 }, () => `file ${count++} ${PADDING}`);
    load.fileLines.push(...lines);
    await collector.write(lines);
  }

  async function every(milliseconds: number, send: () => Promise<void>): Promise<void> {
    let next = performance.now();
    while (!ended) {
      // Doesn't wait for the answer, as several services would not wait for each other.
      const work = send();
      waiting.add(work);
      void work.finally(() => waiting.delete(work));
      next += milliseconds;
      await sleep(Math.max(0, next - performance.now()));
    }
  }
  const loops = Promise.all([every(250, sendLines), every(250, sendSpans), every(250, writeLines)]);
  return load;
}
