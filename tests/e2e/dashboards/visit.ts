import { json, send } from '../../support/api.ts';
import { nanoseconds, randomId, span, spansOf } from '../../support/otlp.ts';
import { ADDRESSES, FRONTEND_ORIGIN } from '../stack/addresses.ts';

/** Sends what a browser would. */
export async function sendFaro(payload: object): Promise<Response> {
  const answer = await send('POST', `${ADDRESSES.faro}/collect`, payload, { ...json, origin: FRONTEND_ORIGIN });
  // Alloy responds with 202, the OpenTelemetry Collector with 200.
  if (!answer.ok) throw new Error(`Faro's receiver answered ${answer.status} ${await answer.text()}`);
  return answer;
}

/**
 * A visit to the control room as Faro in the browser reports it, with one real request to the server. It gives the frontend
 * dashboard data even if no one has the page open.
 */
export async function visit(): Promise<void> {
  const [traceId, root, request] = [randomId(16), randomId(8), randomId(8)];
  const startMs = Date.now();
  await fetch(`${ADDRESSES.server}/unicorn`, { headers: { traceparent: `00-${traceId}-${request}-01` } });
  const endMs = Date.now();
  const timestamp = new Date(endMs).toISOString();
  const trace = { trace_id: traceId, span_id: root };
  const event = (name: string, attributes: Record<string, string>) => ({ name, timestamp, attributes, trace });
  const measurement = (values: Record<string, number>) => ({ type: 'web-vitals', timestamp, values });
  const times = { startTimeUnixNano: nanoseconds(startMs), endTimeUnixNano: nanoseconds(endMs) };
  const spans = [
    span('list unicorn', { traceId, spanId: root, ...times }),
    span('GET', { traceId, spanId: request, parentSpanId: root, kind: 3, ...times }),
  ];
  await sendFaro({
    meta: {
      app: { name: 'mythical-frontend', version: '1.0.0', environment: 'test' },
      session: { id: `visit-${traceId.slice(0, 8)}` },
      page: { url: FRONTEND_ORIGIN },
      browser: { name: 'a test' },
    },
    events: [
      event('session_start', {}),
      event('beast_listed', {
        beast: 'unicorn',
        outcome: 'done',
        status: '200',
        duration_ms: String(endMs - startMs),
      }),
    ],
    measurements: [
      measurement({ ttfb: 12 }),
      measurement({ fcp: 140 }),
      measurement({ lcp: 180 }),
      measurement({ cls: 0.01 }),
      measurement({ inp: 24 }),
    ],
    exceptions: [
      {
        timestamp,
        type: 'Error',
        value: 'a test of the dashboards',
        stacktrace: { frames: [{ function: 'visit', filename: 'visit.ts', lineno: 1, colno: 1 }] },
        trace,
      },
    ],
    logs: [{ timestamp, level: 'warn', message: 'a test of the dashboards', trace }],
    traces: spansOf('mythical-frontend', spans),
  });
}
