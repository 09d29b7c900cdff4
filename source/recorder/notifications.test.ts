import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { metricAt, send } from '../../tests/support/api.ts';
import { startNotified } from '../../tests/support/notified.ts';
import { createTestTelemetry } from '../../tests/support/telemetry.ts';
import { useStarted } from '../../tests/support/use-started.ts';

describe('POST /notifications', () => {
  const telemetry = createTestTelemetry();
  const recorder = useStarted(() => startNotified(telemetry));

  const post = (body: unknown, headers?: Record<string, string>) =>
    send('POST', `${recorder.url}/notifications`, body, headers);
  const counted = (labels: string) => metricAt(recorder.url, `mythical_notifications_total{${labels}}`);

  const alert = {
    status: 'firing',
    labels: { alertname: 'ServerGone', severity: 'page', service_name: 'mythical-server' },
    annotations: { summary: 'The server does not respond', description: 'For more than a minute …' },
    startsAt: '2026-11-21T10:00:00.123Z',
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://localhost:3000/graph?g0.expr=up',
    fingerprint: '5ef77f1f8a3ecb8d',
  };
  /** The example in Alertmanager's documentation. */
  const notification = {
    version: '4',
    groupKey: '{}:{alertname="ServerGone"}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'log',
    groupLabels: { alertname: 'ServerGone' },
    commonLabels: alert.labels,
    commonAnnotations: alert.annotations,
    externalURL: 'http://localhost:9009/alertmanager',
    alerts: [alert],
  };

  test('logs and counts each alert', async () => {
    telemetry.lines.length = 0;
    assert.equal(await counted('status="firing",severity="page"'), 0, 'starts at zero');
    const resolved = { ...alert, status: 'resolved', endsAt: '2026-11-21T10:05:00Z', fingerprint: '1' };
    const answer = await post({ ...notification, alerts: [alert, resolved] });
    assert.equal(answer.status, 204);
    const fields = {
      alertname: 'ServerGone',
      severity: 'page',
      summary: 'The server does not respond',
      since: '2026-11-21T10:00:00.123Z',
    };
    assert.deepEqual(telemetry.lines, [
      {
        level: 'warn',
        message: 'alert firing',
        fields: { ...fields, status: 'firing', fingerprint: '5ef77f1f8a3ecb8d' },
      },
      { level: 'info', message: 'alert resolved', fields: { ...fields, status: 'resolved', fingerprint: '1' } },
    ]);
    assert.equal(await counted('status="firing",severity="page"'), 1);
    assert.equal(await counted('status="resolved",severity="page"'), 1);
  });

  test("accepts Grafana's notifications, with more fields, a time zone and an unknown severity", async () => {
    telemetry.lines.length = 0;
    const grafanas = {
      ...alert,
      labels: { alertname: 'mine', severity: 'x'.repeat(500) },
      startsAt: '2026-11-21T11:00:00+01:00',
      values: { A: 1 },
      silenceURL: 'http://localhost:3000/alerting/silence/new',
    };
    const answer = await post({
      ...notification,
      version: '1',
      orgId: 1,
      title: '',
      state: 'alerting',
      alerts: [grafanas],
    });
    assert.equal(answer.status, 204);
    assert.equal(telemetry.lines[0]?.fields.severity, 'other');
    assert.equal(await counted('status="firing",severity="other"'), 1);
  });

  test('truncates long fields', async () => {
    telemetry.lines.length = 0;
    await post({ ...notification, alerts: [{ ...alert, annotations: { summary: 'x'.repeat(1_000) } }] });
    assert.equal(String(telemetry.lines[0]?.fields.summary).length, 300);
  });

  test('rejects invalid bodies with problem details, and logs nothing', async () => {
    telemetry.lines.length = 0;
    for (const nonsense of [
      '{',
      '[]',
      {},
      { alerts: 'all' },
      { alerts: [{ ...alert, status: 'perhaps' }] },
      { alerts: [{ ...alert, labels: { alertname: 1 } }] },
      { alerts: [{ ...alert, startsAt: 'yesterday' }] },
      { alerts: Array.from({ length: 101 }, () => alert) },
    ]) {
      const answer = await post(nonsense);
      assert.equal(answer.status, 400, JSON.stringify(nonsense).slice(0, 80));
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    }
    assert.equal((await post(notification, {})).status, 400, 'no content type');
    assert.equal((await post({ alerts: [], padding: 'x'.repeat(600_000) })).status, 413);
    assert.equal((await fetch(`${recorder.url}/notifications`)).status, 405);
    assert.deepEqual(telemetry.lines, []);
  });
});
