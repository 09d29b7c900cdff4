import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { postJson } from '../../grafana/model/http.ts';
import { json, send } from '../support/api.ts';
import { logsOf, nanoseconds, resourceOf, span, spansOf } from '../support/otlp.ts';
import { traceparent } from '../support/traceparent.ts';
import { found, until } from '../support/until.ts';
import { sendFaro } from './dashboards/visit.ts';
import { ADDRESSES, FRONTEND_ORIGIN, NAMESPACE, needs } from './stack/addresses.ts';
import { only, seriesOf, waitForStack } from './stack/contract.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';
import * as tempo from './stack/tempo.ts';

waitForStack();

describe('lines over OTLP', only('otel-collector'), () => {
  test('have the IDs of their record, with the sandbox’s names', async () => {
    const lines = await loki.lines(`{source="otlp", namespace="${NAMESPACE}"} | traceID != ""`);
    assert.ok(lines.length > 0);
    for (const { labels, text } of lines) {
      assert.equal(labels.traceID, labels.trace_id, text);
      assert.equal(labels.spanID, labels.span_id, text);
      assert.ok(text.includes(`traceID=${labels.traceID}`), text);
    }
  });

  test('have the same labels as pushed lines, and no others', async () => {
    const lines = await loki.lines(`{source="otlp", service_name=~"mythical-.+"}`);
    const labels = await loki.streamLabels(`{source="otlp", service_name=~"mythical-.+"}`);
    assert.ok(lines.length > 0);
    assert.deepEqual(labels, ['beast', 'job', 'level', 'namespace', 'service_name', 'source']);
  });
});

describe('new data', () => {
  test(
    'is available within 15 seconds: trace by ID and by search, log line; within 30: span metrics',
    needs('tempo'),
    async (t) => {
      const { traceId: id, header } = traceparent();
      const name = `e2e-${id.slice(0, 12)}`;
      const started = Date.now();
      const answer = await send('DELETE', `${ADDRESSES.server}/unicorn`, { name }, { ...json, traceparent: header });
      assert.equal(answer.status, 204);
      const seconds: Record<string, string> = {};
      const within = async (limit: number, what: string, ask: () => Promise<unknown>) => {
        await until(ask, { timeoutMs: limit * 1000 - (Date.now() - started), intervalMs: 250, what: () => what });
        seconds[what] = ((Date.now() - started) / 1000).toFixed(1);
      };
      await Promise.all([
        within(15, 'trace by id', async () => (await tempo.trace(id)).length > 0),
        within(15, 'trace by search', async () =>
          (
            await tempo.search(
              `{ resource.service.name = "mythical-server" && span.http.method = "DELETE" && trace:id = "${id}" }`,
            )
          ).includes(id),
        ),
        within(
          15,
          'log line',
          async () => (await loki.lines(`{service_name="mythical-server"} | traceID = "${id}"`)).length > 0,
        ),
        // Tempo collects them every 5 s, and sends them every 15 s (tempo/tempo.yaml).
        within(30, 'span metrics', async () =>
          (
            await mimir.query(
              'timestamp(traces_spanmetrics_calls_total{service="mythical-server", http_method="DELETE"})',
            )
          ).some(({ value }) => value * 1000 > started),
        ),
      ]);
      t.diagnostic(`seconds: ${JSON.stringify(seconds)}`);
    },
  );
});

describe('the collector', () => {
  test('metrics over OTLP arrive in Mimir', async () => {
    const point = { asInt: '7', timeUnixNano: nanoseconds() };
    await postJson(`${ADDRESSES.otlpHttp}/v1/metrics`, {
      resourceMetrics: [
        {
          resource: resourceOf('e2e-otlp'),
          scopeMetrics: [{ metrics: [{ name: 'e2e_gauge', gauge: { dataPoints: [point] } }] }],
        },
      ],
    });
    await found('the gauge', () => seriesOf('e2e_gauge{service_name="e2e-otlp"} == 7'), 15_000);
  });

  test('logs over OTLP arrive in Loki', async () => {
    const text = `line ${randomBytes(6).toString('hex')}`;
    await postJson(`${ADDRESSES.otlpHttp}/v1/logs`, logsOf('e2e-otlp', [text]));
    await found('the line', async () => (await loki.lines(`{service_name="e2e-otlp"} |= "${text}"`)).length, 15_000);
  });

  test('a browser’s session, error, Web Vital and span arrive through Faro', needs('faro'), async () => {
    const { traceId: id } = traceparent();
    const timestamp = new Date().toISOString();
    const answer = await sendFaro({
      meta: {
        app: { name: 'mythical-frontend', version: '1.0.0' },
        session: { id: `s-${id}` },
        page: { url: FRONTEND_ORIGIN },
      },
      exceptions: [
        {
          timestamp,
          type: 'Error',
          value: `e2e ${id}`,
          stacktrace: { frames: [{ function: 'click', filename: 'app.js', lineno: 1, colno: 1 }] },
        },
      ],
      measurements: [{ timestamp, type: 'web-vitals', values: { lcp: 123 } }],
      events: [{ timestamp, name: 'e2e', attributes: { id } }],
      traces: spansOf('mythical-frontend', [span('click', { traceId: id })]),
    });
    assert.equal(answer.headers.get('access-control-allow-origin'), FRONTEND_ORIGIN);
    for (const kind of ['exception', 'measurement', 'event']) {
      await found(
        kind,
        async () => (await loki.lines(`{service_name="mythical-frontend", kind="${kind}"} |= "s-${id}"`)).length,
        15_000,
      );
    }
    await found('the span', async () => (await tempo.trace(id)).length, 15_000);
  });

  test('another origin is rejected', needs('faro'), async () => {
    const answer = await fetch(`${ADDRESSES.faro}/collect`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });
});
