import { randomBytes } from 'node:crypto';
import { ADDRESSES, FRONTEND_ORIGIN } from '../stack/addresses.ts';

/**
 * A visit to the control room as Faro in the browser reports it, with one real request to the server. It gives the frontend
 * dashboard data even if no one has the page open.
 */
export async function visit(): Promise<void> {
  const traceId = randomBytes(16).toString('hex');
  const [root, request] = [randomBytes(8).toString('hex'), randomBytes(8).toString('hex')] as [string, string];
  const startMs = Date.now();
  await fetch(`${ADDRESSES.server}/unicorn`, { headers: { traceparent: `00-${traceId}-${request}-01` } });
  const endMs = Date.now();
  const timestamp = new Date(endMs).toISOString();
  const trace = { trace_id: traceId, span_id: root };
  const event = (name: string, attributes: Record<string, string>) => ({ name, timestamp, attributes, trace });
  const measurement = (values: Record<string, number>) => ({ type: 'web-vitals', timestamp, values });
  const span = (spanId: string, parentSpanId: string | undefined, name: string, kind: number) => ({
    traceId,
    spanId,
    ...(parentSpanId && { parentSpanId }),
    name,
    kind,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: [],
  });
  const answer = await fetch(`${ADDRESSES.faro}/collect`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: FRONTEND_ORIGIN },
    body: JSON.stringify({
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
      traces: {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mythical-frontend' } }] },
            scopeSpans: [
              {
                scope: { name: 'visit' },
                spans: [span(root, undefined, 'list unicorn', 1), span(request, root, 'GET', 3)],
              },
            ],
          },
        ],
      },
    }),
  });
  // Alloy responds with 202, the OpenTelemetry Collector with 200.
  if (!answer.ok) throw new Error(`Faro's receiver answered ${answer.status} ${await answer.text()}`);
}
