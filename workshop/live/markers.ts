import { createHash, randomBytes } from 'node:crypto';
import type { SpanInput } from './live-check.ts';

// The data that the checker sends through the student's pipeline, with a word that no other run has.

export type Marker = { word: string; since: number; shifted: number };

/** Clocks may differ by a few seconds between containers. */
const CLOCK_SLACK_MS = 2_000;
const SHIFT_MS = 40 * 60 * 1000;

export const newMarker = (): Marker => {
  const now = Date.now();
  return { word: `ws${randomBytes(6).toString('hex')}`, since: now - CLOCK_SLACK_MS, shifted: now - SHIFT_MS };
};

/** Another word for the same run, for a check that must tell its data from others. */
export const markerOf = (marker: Marker, id: string): Marker => ({
  ...marker,
  word: `${marker.word}${hash(id).slice(0, 4)}`,
});

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

export const fill = (text: string, { word, shifted }: Marker, n = 0): string =>
  text
    .replaceAll('{marker}', word)
    .replaceAll('{time}', new Date(shifted).toISOString())
    .replaceAll('{n}', String(40_000 + n));

const nanoseconds = (milliseconds: number) => `${milliseconds}000000`;

const attributesOf = (values: Record<string, string>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));

const resource = { attributes: attributesOf({ 'service.name': 'workshop' }) };

/** Loki's push API. */
export function lokiPush(labels: Record<string, string>, line: string) {
  return { streams: [{ stream: labels, values: [[nanoseconds(Date.now()), line]] }] };
}

/** Spans, one per trace, each with its trace ID. */
export function otlpSpans(input: SpanInput, marker: Marker, first = 0): { ids: string[]; body: unknown } {
  const spans = Array.from({ length: input.copies ?? 1 }, (_, index) => {
    const n = first + index;
    const end = Date.now();
    const filled = Object.entries(input.attributes ?? {}).map(([name, value]) => [name, fill(value, marker, n)]);
    return {
      traceId: hash(`${marker.word} ${n}`).slice(0, 32),
      spanId: hash(`${marker.word} ${n}`).slice(32, 48),
      name: marker.word,
      kind: 2,
      startTimeUnixNano: nanoseconds(end - (input.milliseconds ?? 10)),
      endTimeUnixNano: nanoseconds(end),
      attributes: attributesOf({ ...Object.fromEntries(filled), 'workshop.marker': marker.word }),
      status: { code: input.error ? 2 : 1 },
    };
  });
  return {
    ids: spans.map(({ traceId }) => traceId),
    body: { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'workshop' }, spans }] }] },
  };
}

export function otlpLine(marker: Marker) {
  const record = { timeUnixNano: nanoseconds(Date.now()), severityText: 'INFO', body: { stringValue: marker.word } };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'workshop' }, logRecords: [record] }] }] };
}

export function otlpMetric(marker: Marker) {
  const point = {
    timeUnixNano: nanoseconds(Date.now()),
    asDouble: 1,
    attributes: attributesOf({ marker: marker.word }),
  };
  const metrics = [{ name: 'workshop_marker', gauge: { dataPoints: [point] } }];
  return { resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: 'workshop' }, metrics }] }] };
}

/** What Faro's SDK sends for an event on a page. */
export function faroEvent(marker: Marker) {
  return {
    meta: {
      app: { name: 'mythical-frontend', version: '1.0.0' },
      session: { id: marker.word },
      page: { url: 'http://localhost:3001/' },
    },
    events: [{ name: marker.word, domain: 'browser', attributes: {}, timestamp: new Date().toISOString() }],
  };
}
