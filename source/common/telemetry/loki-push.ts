import { setTimeout as sleep } from 'node:timers/promises';
import { context } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { withTimeout } from '../timeout.ts';
import { splitCredentials } from '../url-credentials.ts';
import type { LogEntry } from './log-entry.ts';
import { createCounter, createGauge, METRIC_NAMES, type Metrics } from './metrics.ts';

/**
 * Pushes batches of log lines to Loki's HTTP API,
 * https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs. While Loki is unavailable, lines wait in a
 * bounded buffer; when it is full, the oldest are dropped and counted.
 */
export type LokiPush = {
  push(entry: LogEntry): void;
  /** Flushes the buffer for up to `CLOSE_TIMEOUT_MS` and counts what is left as dropped. */
  [Symbol.asyncDispose](): Promise<void>;
};

const MAX_BUFFERED_LINES = 10_000;
const MAX_LINES_PER_PUSH = 1_000;
const PUSH_INTERVAL_MS = 1_000;
const REQUEST_TIMEOUT_MS = 5_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 10_000;
const CLOSE_TIMEOUT_MS = 3_000;

/** A buffered line. Only what is sent, to keep the buffer small. */
type Waiting = {
  nanoseconds: string;
  line: string;
  level: string;
  kind: LogEntry['kind'];
  traceID: string | undefined;
  spanID: string | undefined;
};

export function createLokiPush(target: string, labels: Record<string, string>, metrics: Metrics): LokiPush {
  const buffer: Waiting[] = [];
  const closing = new AbortController();
  const destination = splitCredentials(target);
  const lines = createCounter(metrics, {
    name: METRIC_NAMES.logLines,
    help: 'Log lines by outcome: sent to Loki, or dropped',
    labelNames: ['outcome'],
  });
  lines.inc({ outcome: 'sent' }, 0);
  lines.inc({ outcome: 'dropped' }, 0);
  createGauge(metrics, {
    name: METRIC_NAMES.logLinesWaiting,
    help: 'Log lines waiting to be sent to Loki',
    labelNames: [],
    collect: (gauge) => gauge.set(buffer.length),
  });

  const clock = createLogClock();
  const work = context.with(suppressTracing(context.active()), run);

  async function run(): Promise<void> {
    let retryDelay = FIRST_RETRY_MS;
    while (!closing.signal.aborted || buffer.length > 0) {
      if (buffer.length < MAX_LINES_PER_PUSH) await pause(PUSH_INTERVAL_MS);
      const batch = buffer.splice(0, MAX_LINES_PER_PUSH);
      if (batch.length === 0) continue;
      const outcome = await send(destination, toPushRequest(batch, labels));
      if (outcome === 'retry') {
        const room = Math.max(0, MAX_BUFFERED_LINES - buffer.length);
        const kept = room === 0 ? [] : batch.slice(-room);
        lines.inc({ outcome: 'dropped' }, batch.length - kept.length);
        buffer.unshift(...kept);
        await pause(retryDelay);
        retryDelay = Math.min(retryDelay * 2, LAST_RETRY_MS);
      } else {
        lines.inc({ outcome: outcome === 'sent' ? 'sent' : 'dropped' }, batch.length);
        retryDelay = FIRST_RETRY_MS;
      }
    }
  }

  /** Closing ends the wait. After that, waits only briefly, to avoid hammering an unavailable Loki. */
  async function pause(milliseconds: number): Promise<void> {
    if (closing.signal.aborted) await sleep(100);
    else await sleep(milliseconds, undefined, { signal: closing.signal }).catch(() => {});
  }

  return {
    push(entry) {
      if (buffer.length >= MAX_BUFFERED_LINES) {
        buffer.shift();
        lines.inc({ outcome: 'dropped' });
      }
      buffer.push({
        nanoseconds: clock(entry.time, entry.offsetMs),
        line: entry.line,
        level: entry.level,
        kind: entry.kind,
        traceID: entry.span?.traceId,
        spanID: entry.span?.spanId,
      });
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await withTimeout(work, CLOSE_TIMEOUT_MS);
      lines.inc({ outcome: 'dropped' }, buffer.splice(0).length);
    },
  };
}

/** Strictly increasing timestamps in nanoseconds, so that lines of the same millisecond keep their order. */
function createLogClock(): (time: Date, offsetMs: number) => string {
  let last = 0;
  let nanoseconds = 0;
  return (time, offsetMs) => {
    const now = time.getTime();
    if (now > last) [last, nanoseconds] = [now, 0];
    else if (++nanoseconds === 1_000_000) [last, nanoseconds] = [last + 1, 0];
    return `${last + offsetMs}${String(nanoseconds).padStart(6, '0')}`;
  };
}

type PushRequest = {
  streams: { stream: Record<string, string>; values: [nanoseconds: string, line: string, metadata: object][] }[];
};

/** Groups lines by the labels that differ: `level` and kind. */
function toPushRequest(batch: Waiting[], labels: Record<string, string>): PushRequest {
  const streams = new Map<string, PushRequest['streams'][number]>();
  for (const { nanoseconds, line, level, kind, traceID, spanID } of batch) {
    const key = `${level} ${kind?.value}`;
    let stream = streams.get(key);
    if (stream === undefined) {
      stream = { stream: { ...labels, level, ...(kind && { [kind.tag]: kind.value }) }, values: [] };
      streams.set(key, stream);
    }
    stream.values.push([nanoseconds, line, traceID === undefined ? {} : { traceID, spanID }]);
  }
  return { streams: [...streams.values()] };
}

/** `refused` means that Loki will never accept the batch; retrying it would block all later lines. */
async function send(
  { url, headers }: ReturnType<typeof splitCredentials>,
  request: PushRequest,
): Promise<'sent' | 'retry' | 'refused'> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return 'sent';
    return response.status === 429 || response.status >= 500 ? 'retry' : 'refused';
  } catch {
    return 'retry';
  }
}
