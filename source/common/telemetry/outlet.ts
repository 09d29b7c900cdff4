import { addHrTimes, type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Condition } from '../conditions.ts';

/** Falsifies exported spans and log lines, without affecting the application's own work and data. */
export type Outlet = {
  /** Added to their timestamps, in ms. */
  offsetMs: number;
  /** Signals that are dropped. */
  closed: Set<'traces' | 'logs'>;
};

export const createOutlet = (): Outlet => ({ offsetMs: 0, closed: new Set() });

/** In the past: backends refuse timestamps in the future, and dashboards of "the last hour" don't show them. */
export const CLOCK_OFFSET_MS = -4 * 60_000;

/** The conditions for signals of any service. */
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

/** For dropped spans, the SDK sees success, as with a collector that loses them. */
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
