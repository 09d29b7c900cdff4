import { addHrTimes, type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Condition } from '../conditions.ts';

/** What becomes of spans and log lines on their way out. Nothing of it touches what the application itself does or stores. */
export type Outlet = {
  /** By how much their times are off, in ms. */
  offsetMs: number;
  /** Signals that go nowhere. */
  closed: Set<'traces' | 'logs'>;
};

export const createOutlet = (): Outlet => ({ offsetMs: 0, closed: new Set() });

/** Into the past: backends refuse what comes from the future, and pages of "the last hour" don't show it. */
export const CLOCK_OFFSET_MS = -4 * 60_000;

/** What can happen to the signals of any service. */
export const outletConditions = (outlet: Outlet) => ({
  'clock-off': {
    start() {
      outlet.offsetMs = CLOCK_OFFSET_MS;
    },
    stop() {
      outlet.offsetMs = 0;
    },
  },
  'traces-lost': closing(outlet, 'traces'),
  'logs-lost': closing(outlet, 'logs'),
});

const closing = ({ closed }: Outlet, signal: 'traces' | 'logs'): Condition => ({
  start: () => void closed.add(signal),
  stop: () => void closed.delete(signal),
});

/** The SDK is told that spans which go nowhere were taken, as by a collector that loses them. */
export function throughOutlet(exporter: Required<SpanExporter>, outlet: Outlet): SpanExporter {
  return {
    ...exporter,
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      if (outlet.closed.has('traces')) return done({ code: ExportResultCode.SUCCESS });
      exporter.export(outlet.offsetMs === 0 ? spans : spans.map((span) => shifted(span, outlet.offsetMs)), done);
    },
  };
}

function shifted(span: ReadableSpan, offsetMs: number): ReadableSpan {
  const shift = (time: ReadableSpan['startTime']) => addHrTimes(time, [offsetMs / 1000, 0]);
  return Object.create(span, {
    startTime: { value: shift(span.startTime) },
    endTime: { value: shift(span.endTime) },
    events: { value: span.events.map((event) => ({ ...event, time: shift(event.time) })) },
  });
}
