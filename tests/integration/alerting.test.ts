import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { getJson } from '../../grafana/model/http.ts';
import { alertsOf, rulesOf } from '../e2e/alerts/rules.ts';
import { startAlerting } from '../support/alerting.ts';
import { send } from '../support/api.ts';
import { startNotified } from '../support/notified.ts';
import { realProgram } from '../support/real-program.ts';
import { createTestTelemetry } from '../support/telemetry.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

// The path of an alert, with a real Mimir and a real Loki: from a rule through the Alertmanager to the recorder's log.

const [mimir, loki] = [await realProgram('mimir'), await realProgram('loki')];

const RUNBOOK = /^http:\/\/localhost:3000\/d\/mythical-runbooks\?viewPanel=\d+$/;

describe('alerts of a real Mimir and a real Loki', { skip: mimir.skip || loki.skip }, () => {
  const telemetry = createTestTelemetry();
  const recorder = useStarted(() => startNotified(telemetry));
  const alerting = useStarted(() =>
    startAlerting({ mimir: mimir.path!, loki: loki.path! }, `${recorder.url}/notifications`),
  );

  const firingAlerts = () =>
    getJson<{ labels: Record<string, string>; annotations: Record<string, string>; generatorURL: string }[]>(
      `${alerting.mimirUrl}/alertmanager/api/v2/alerts`,
    );
  type Groups = { data: { groups: { rules: { name: string; health: string; lastError?: string }[] }[] } };

  for (const ruler of ['mimir', 'loki'] as const) {
    test(`${ruler} loads all of its rules, and can evaluate them`, async () => {
      const url = `${ruler === 'mimir' ? alerting.mimirUrl : alerting.lokiUrl}/prometheus/api/v1/rules`;
      const wanted = rulesOf(ruler)
        .map((rule) => ('alert' in rule ? rule.alert : rule.record))
        .toSorted();
      const evaluated = await until(
        async () => {
          const { data } = await getJson<Groups>(url);
          const rules = data.groups.flatMap(({ rules }) => rules);
          return rules.length >= wanted.length && rules.every(({ health }) => health !== 'unknown') && rules;
        },
        { timeoutMs: 40_000, intervalMs: 500, what: () => `${ruler} to evaluate its rules` },
      );
      assert.deepEqual(evaluated.map(({ name }) => name).toSorted(), wanted);
      assert.deepEqual(
        evaluated.filter(({ health }) => health !== 'ok'),
        [],
      );
    });
  }

  test('the Alertmanager uses the sandbox’s configuration', async () => {
    const { config } = await getJson<{ config: { original: string } }>(
      `${alerting.mimirUrl}/alertmanager/api/v2/status`,
    );
    assert.match(config.original, /receiver: log/);
    assert.match(config.original, /\/notifications|<secret>/);
    assert.match(config.original, /ServerGone/);
  });

  /** Log lines for a few seconds: `perSecond` lines, of which so many are errors, and so many are about a request. */
  async function push(service: string, lines: { perSecond: number; errors: number; requests: number }): Promise<void> {
    const now = Date.now();
    const of = (level: string, count: number) => ({
      stream: { service_name: service, namespace: 'test', level },
      values: Array.from({ length: Math.round(count) }, (_, index) => [
        `${now}${String(index).padStart(6, '0')}`,
        `level=${level} msg=x${index < lines.requests * count ? ' endpoint=unicorn' : ''}`,
      ]),
    });
    const { perSecond, errors } = lines;
    const streams = [of('error', perSecond * errors), of('info', perSecond * (1 - errors))];
    const answer = await send('POST', `${alerting.lokiUrl}/loki/api/v1/push`, {
      streams: streams.filter(({ values }) => values.length > 0),
    });
    assert.equal(answer.status, 204, await answer.text());
  }

  const told = (status: string) =>
    telemetry.lines
      .filter(({ message }) => message === `alert ${status}`)
      .map(({ fields }) => `${fields.alertname}: ${fields.summary}`);

  test('on logs: a flood and many errors raise alerts, a busy service and a quiet one raise none; both clear', async () => {
    const stop = Date.now() + 60_000;
    let pushing = true;
    const traffic = (async () => {
      for (let second = 0; pushing && Date.now() < stop; second++) {
        await Promise.all([
          // All of its lines are errors, but there are few.
          second % 5 === 0 && push('mythical-frontend', { perSecond: 1, errors: 1, requests: 1 }),
          push('mythical-server', { perSecond: 400, errors: 0, requests: 0.02 }),
          push('mythical-recorder', { perSecond: 10, errors: 0.5, requests: 1 }),
          push('mythical-requester', { perSecond: 200, errors: 0.03, requests: 1 }),
        ]);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    })();
    try {
      const wanted = [
        'LogStorm: mythical-server is flooding the logs',
        'ManyErrorLines: mythical-recorder logs many errors',
      ];
      await until(() => wanted.every((one) => told('firing').includes(one)), {
        timeoutMs: 50_000,
        what: () => wanted.join(', '),
      }).catch((error) => assert.fail(`${error.message}; notified: ${told('firing').join(', ')}`));
      // The server is not scraped here; if any other alert fires, it is a mistake.
      assert.deepEqual(
        told('firing').filter((one) => !wanted.includes(one) && !one.startsWith('ServerGone')),
        [],
      );
      const storm = (await firingAlerts()).find(({ labels }) => labels.alertname === 'LogStorm');
      assert.match(storm?.annotations.dashboard_url ?? '', /^http:\/\/localhost:3000\/d\/[\w-]+$/);
      assert.match(storm?.annotations.runbook_url ?? '', RUNBOOK);
      const source = new URL(storm?.generatorURL ?? '');
      assert.equal(source.pathname, '/explore');
      const { queries } = JSON.parse(source.searchParams.get('left') ?? '{}');
      assert.deepEqual(queries[0].datasource, { type: 'loki', uid: 'loki' }, 'the data source of "See source"');
    } finally {
      pushing = false;
      await traffic;
    }
    await until(
      () => ['LogStorm', 'ManyErrorLines'].every((name) => told('resolved').some((one) => one.startsWith(name))),
      {
        timeoutMs: 50_000,
        what: () => 'the end of both',
      },
    );
  });

  test('on metrics: a notification with links to Grafana is sent if the server is not scraped', async () => {
    await until(() => told('firing').some((one) => one.startsWith('ServerGone')));
    const alerts = await firingAlerts();
    const gone = alerts.find(({ labels }) => labels.alertname === 'ServerGone');
    assert.equal(gone?.labels.severity, 'page');
    assert.equal(gone?.annotations.dashboard_url, 'http://localhost:3000/d/mythical-stack');
    assert.match(gone?.annotations.runbook_url ?? '', RUNBOOK);
  });

  test('all names are those of the files', () => {
    const known = [...alertsOf('mimir'), ...alertsOf('loki')].map(({ alert }) => alert);
    for (const { fields } of telemetry.lines.filter(({ message }) => message.startsWith('alert ')))
      assert.ok(known.includes(String(fields.alertname)));
  });
});
