import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScenarioName } from '@mythical/common/scenarios';
import { postJson } from '../../grafana/model/http.ts';
import { ALERTS_WITH_LINKS } from '../../grafana/panels/alerts.ts';
import { send } from '../support/api.ts';
import { found } from '../support/until.ts';
import { ALERTS_OF_SCENARIOS, type Raised } from './alerts/alerts-of-scenarios.ts';
import { alertsOf } from './alerts/rules.ts';
import { ADDRESSES } from './stack/addresses.ts';
import { evaluatedAlerts, firing } from './stack/alertmanager.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';

// npm run test:alerts, against a running stack: every scenario raises its alert, a notification is sent, and the alert clears;
// and no one is paged while the sandbox is healthy. It takes about twenty minutes, half of them quiet; with
// tests/e2e/alerts/scale-rules.ts it is faster.

/** Scenarios in one round can't raise each other's alerts, because they affect different services or signals. */
const ROUNDS: ScenarioName[][] = [
  ['error-burst', 'queue-backlog', 'cpu-burn'],
  ['slow-database', 'memory-leak', 'log-storm'],
];

/** How long a scenario may run until its alert fires. It ends once the notification has been sent. */
const FIRE_MS = 240_000;
/** A flood of messages has to be processed, and bad events have to leave the windows of the rules. */
const CLEAR_MS = 480_000;
const QUIET_MS = Number(process.env.QUIET_MINUTES ?? 10) * 60_000;

const stopAll = () => fetch(`${ADDRESSES.server}/scenarios`, { method: 'DELETE' });
const seconds = (since: number) => Math.round((Date.now() - since) / 1000);
/** For the message of a failure: the alerts that did fire. */
const names = async () => (await firing()).map(({ labels }) => `${labels.alertname} (${labels.severity})`).join(', ');

async function isFiring({ alert, severity, service }: Raised): Promise<boolean> {
  return (await firing()).some(
    ({ labels }) => labels.alertname === alert && labels.severity === severity && labels.service_name === service,
  );
}

/** Whether the alert is in the dashboards' table, with the links of its rule. */
function isInTable({ alert, severity }: Raised, rows: mimir.Series[]): boolean {
  const rule = [...alertsOf('mimir'), ...alertsOf('loki')].find((one) => one.alert === alert)!;
  return rows.some(
    ({ metric }) =>
      metric.alertname === alert &&
      metric.severity === severity &&
      metric.alertstate === 'firing' &&
      metric.dashboard === rule.annotations.__dashboardUid__ &&
      metric.panel === rule.annotations.__panelId__,
  );
}

/** Whether a notification has been sent since then: each is a line in Loki. */
async function wasTold({ alert, severity }: Raised, status: 'firing' | 'resolved', since: number): Promise<boolean> {
  const told = await loki.lines(
    `{service_name="mythical-recorder"} |= "msg=\\"alert ${status}\\"" | logfmt | alertname="${alert}" | severity="${severity}"`,
    { minutes: 30 },
  );
  return told.some(({ timeNs }) => timeNs >= BigInt(since) * 1_000_000n);
}

before(async () => {
  await stopAll();
  const wanted = [...alertsOf('mimir'), ...alertsOf('loki')].map(({ alert }) => alert);
  const areEvaluated = async () => {
    const evaluated = await evaluatedAlerts();
    return wanted.every((name) => evaluated.includes(name));
  };
  await found('the rulers to evaluate all alerts', areEvaluated, 120_000);
  const isQuiet = async () =>
    !(await firing()).some(({ labels }) => isOfScenarios(labels) || labels.severity === 'page');
  await found('earlier alerts to clear', isQuiet, CLEAR_MS);
});
after(stopAll);

const isOfScenarios = ({ alertname, severity }: Record<string, string>) =>
  Object.values(ALERTS_OF_SCENARIOS).some((one) => one.alert === alertname && one.severity === severity);

test('every scenario is in one round', () => {
  assert.deepEqual(ROUNDS.flat().toSorted(), Object.keys(ALERTS_OF_SCENARIOS).toSorted());
});

for (const round of ROUNDS) {
  describe(`concurrently: ${round.join(', ')}`, { concurrency: round.length }, () => {
    for (const scenario of round) {
      const raised = ALERTS_OF_SCENARIOS[scenario];
      test(`${scenario} raises ${raised.alert}, and it clears`, { timeout: FIRE_MS + CLEAR_MS + 60_000 }, async (t) => {
        const started = Date.now();
        try {
          await postJson(`${ADDRESSES.server}/scenarios`, { name: scenario, seconds: FIRE_MS / 1000 });
          await found(raised.alert, () => isFiring(raised), FIRE_MS).catch(async (error) =>
            assert.fail(`${error.message}; firing: ${await names()}`),
          );
          t.diagnostic(`fired after ${seconds(started)} s`);
          await found(
            `${raised.alert} in Grafana’s table of alerts, with the links of its rule`,
            async () => isInTable(raised, await mimir.query(ALERTS_WITH_LINKS)),
            30_000,
          );
          await found(`the line of the notification of ${raised.alert}`, () => wasTold(raised, 'firing', started));
          t.diagnostic(`notified after ${seconds(started)} s`);
        } finally {
          const { status } = await send('DELETE', `${ADDRESSES.server}/scenarios`, { name: scenario });
          assert.equal(status, 204);
        }
        const ended = Date.now();
        await found(`the end of ${raised.alert}`, async () => !(await isFiring(raised)), CLEAR_MS);
        t.diagnostic(`cleared ${seconds(ended)} s after the end of the scenario`);
        await found(`the line of the end of ${raised.alert}`, () => wasTold(raised, 'resolved', started));
      });
    }
  });
}

test(`no page in ${QUIET_MS / 60_000} quiet minutes`, { timeout: QUIET_MS + 60_000 }, async (t) => {
  const began = Date.now();
  const seen = new Set<string>();
  while (Date.now() - began < QUIET_MS) {
    for (const { labels } of await firing()) seen.add(`${labels.alertname} (${labels.severity})`);
    await sleep(2_000);
  }
  t.diagnostic(`seen during this time: ${[...seen].join(', ') || 'nothing'}`);
  assert.deepEqual(
    [...seen].filter((name) => name.endsWith('(page)')),
    [],
  );
  // Also check Mimir's history, in case a page came and went between two checks.
  const minutes = Math.max(1, Math.floor((Date.now() - began) / 60_000));
  const remembered = await mimir.query(
    `count by (alertname) (count_over_time(ALERTS{severity="page", alertstate="firing"}[${minutes}m]))`,
  );
  assert.deepEqual(remembered, []);
  const requests = await mimir.query(`sum(increase(mythical_request_times_count[${minutes}m]))`);
  t.diagnostic(`${Math.round(requests[0]?.value ?? 0)} requests during this time`);
  assert.ok((requests[0]?.value ?? 0) > 60 * minutes, 'it was quiet, but not dead');
});
