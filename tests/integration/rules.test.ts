import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { SCENARIO_NAMES } from '@mythical/common/scenarios';
import { SERVICES } from '@mythical/common/services';
import { METRIC_NAMES, RECORDING_DELAY_BUCKETS_S, REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import { parse } from 'yaml';
import { RUNBOOKS } from '../../grafana/layout/runbooks.ts';
import { DASHBOARDS } from '../../grafana/layout/uids.ts';
import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { linksOfEverySpan, linksOfSomeSpans, MENU } from '../../grafana/model/correlations/span-buttons.ts';
import { dataLinksOf, type Panel, panelsOf, readDashboards } from '../../grafana/model/dashboards/read.ts';
import {
  BURN_ALERTS,
  badRatio,
  FAST_MS,
  FRESH_S,
  LEAST_EVENTS,
  OBJECTIVES,
  TARGET,
} from '../../grafana/queries/objectives.ts';
import { ALERTS_OF_SCENARIOS } from '../e2e/alerts/alerts-of-scenarios.ts';
import { type AlertingRule, alertsOf, isAlert, RULE_FOLDERS, rulesOf } from '../e2e/alerts/rules.ts';
import { scaleRules, writeScaledRules } from '../e2e/alerts/scale-rules.ts';
import { realProgram } from '../support/real-program.ts';

// The rules of Mimir and Loki, held against the code, the dashboards and the runbooks, and against series by hand.

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const rules = [...rulesOf('mimir'), ...rulesOf('loki')];
const alerts = rules.filter(isAlert);
const alertNames = [...new Set(alerts.map(({ alert }) => alert))];
const dashboards = [...readDashboards().values()];

const promtool = await realProgram('promtool');
describe('promtool', { skip: promtool.skip }, () => {
  for (const file of readdirSync(path.join(root, 'tests/integration/rules'))) {
    test(`tests/integration/rules/${file}`, async () => {
      await run(promtool.path as string, ['test', 'rules', path.join(root, 'tests/integration/rules', file)]);
    });
  }

  test('a wrong expectation would be noticed', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mythical-rules-'));
    try {
      const wrong = read('tests/integration/rules/symptoms.test.yaml')
        .replace('../../mimir', path.join(root, 'mimir'))
        .replace('alertname="SlowQueries"', 'alertname="FastQueries"');
      await writeFile(path.join(folder, 'wrong.test.yaml'), wrong);
      await assert.rejects(
        run(promtool.path as string, ['test', 'rules', path.join(folder, 'wrong.test.yaml')]),
        /FAILED/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('rules with shorter windows are rules as well', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mythical-rules-'));
    try {
      const { mimir } = writeScaledRules(0.5, folder);
      const files = readdirSync(path.join(mimir, 'anonymous')).map((file) => path.join(mimir, 'anonymous', file));
      assert.equal(files.length, readdirSync(RULE_FOLDERS.mimir).length);
      await run(promtool.path as string, ['check', 'rules', ...files]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test('windows are made shorter by one factor, and never shorter than four scrapes', () => {
  const text = '- record: slo:sli_error:ratio_rate5m\n  expr: rate(a[5m]) / rate(a[1m]) + rate(a[1d])\n  for: 20s\n';
  assert.equal(
    scaleRules(text, 0.25),
    '- record: slo:sli_error:ratio_rate5m\n  expr: rate(a[75s]) / rate(a[20s]) + rate(a[21600s])\n  for: 5s\n',
  );
  assert.equal(scaleRules(text, 1).replaceAll('300s', '5m').replaceAll('60s', '1m').replaceAll('86400s', '1d'), text);
});

describe('each alert', () => {
  for (const { alert, labels, annotations } of alerts) {
    describe(`${alert}, ${labels.severity}`, () => {
      test('says how much it matters', () => {
        assert.ok(['page', 'ticket'].includes(labels.severity ?? ''));
      });

      test('says what is wrong, in a line and in a sentence with a number or a time', () => {
        assert.ok((annotations.summary ?? '').length >= 20);
        assert.ok((annotations.summary ?? '').length <= 100);
        assert.match(annotations.description ?? '', /\$value|minute/);
      });

      test('leads to a dashboard, and to a panel of it that exists', () => {
        const uid = annotations.__dashboardUid__;
        assert.match(
          annotations.dashboard_url ?? '',
          new RegExp(`^\\{\\{ \\$?externalURL \\}\\}/d/${uid}(\\?var-service=\\{\\{ \\$labels.service_name \\}\\})?$`),
        );
        const dashboard = dashboards.find((one) => one.uid === uid);
        assert.ok(dashboard, uid);
        const panel = dashboard.panels.find(({ id }) => String(id) === annotations.__panelId__);
        assert.ok(panel && panel.type !== 'row', annotations.__panelId__);
      });

      test('leads to its runbook: a section of docs/runbooks.md, and a panel in Grafana', () => {
        const [, uid, id] = /^\{\{ \$?externalURL \}\}\/d\/([\w-]+)\?viewPanel=(\d+)$/.exec(
          annotations.runbook_url ?? '',
        )!;
        assert.equal(uid, DASHBOARDS.runbooks.uid);
        const panel = dashboards.find((one) => one.uid === uid)?.panels.find((one) => String(one.id) === id);
        assert.equal(panel?.title, alert);
        assert.ok(read('docs/runbooks.md').includes(`\n## ${alert}\n`));
      });
    });
  }

  // A panel is found by a number, and a panel more above it would shift all that follow.
  test('leads to the panel that is meant', () => {
    const titles = Object.fromEntries(alerts.map(({ alert, annotations }) => [alert, panelOf(annotations)?.title]));
    assert.deepEqual(titles, {
      ServerAvailabilityBudgetBurn: 'How long failed requests took, and real ones',
      ServerLatencyBudgetBurn: 'Duration: 95th percentile, and real requests',
      RecordingFreshnessBudgetBurn: 'From a message sent to a message recorded',
      SlowQueries: 'Statements that cost most',
      EventLoopBlocked: 'How long the event loop is held up',
      HeapFilling: 'Heap, of what it may be',
      ServerGone: 'Up',
      RecordingStopped: 'Messages in each queue',
      TargetDown: 'Up',
      AlertingFails: 'Rules',
      LogStorm: 'Log lines by service and level',
      ManyErrorLines: 'Error lines by service',
    });
  });

  test('leads to dots, each a real request or message, when it is about an error budget', () => {
    const budgets = alerts.filter(({ alert }) => alert.endsWith('BudgetBurn'));
    assert.equal(budgets.length, 2 * OBJECTIVES.length);
    for (const { alert, annotations } of budgets)
      assert.ok(
        panelOf(annotations)?.targets?.some(({ exemplar }) => exemplar),
        alert,
      );
  });

  test('has its links in a series as well, for tables of alerts', () => {
    const series = rulesOf('mimir').filter((rule) => !isAlert(rule) && rule.record === 'mythical:alert_links:info');
    for (const { expr } of series) assert.equal(expr, 'vector(1)');
    const wanted = alerts.map(({ alert, annotations }) => ({
      alertname: alert,
      dashboard: annotations.__dashboardUid__,
      panel: annotations.__panelId__,
      runbook: /viewPanel=(\d+)/.exec(annotations.runbook_url!)?.[1],
    }));
    // Of a page and a ticket of the same name, once; both lead to the same.
    assert.deepEqual(
      series.map(({ labels }) => JSON.stringify(labels)).toSorted(),
      [...new Set(wanted.map((one) => JSON.stringify(one)))].toSorted(),
    );
  });

  test('is in the tables of alerts by the query that is tried on series by hand, and can be clicked there', () => {
    const tables = dashboards.flatMap(panelsOf).filter(({ type, targets = [] }) => {
      return type === 'table' && targets.some(({ expr = '' }) => expr.includes('ALERTS'));
    });
    assert.equal(tables.length, 2);
    const { tests } = parse(read('tests/integration/rules/links.test.yaml')) as {
      tests: { promql_expr_test: { expr: string }[] }[];
    };
    for (const panel of tables) {
      assert.deepEqual(
        panel.targets?.map(({ expr }) => expr),
        [tests[0]!.promql_expr_test[0]!.expr],
      );
      assert.deepEqual(
        dataLinksOf(panel).map(({ on, title }) => `${on}: ${title}`),
        ['Alert: Graph', 'Alert: Runbook'],
      );
    }
  });

  test('leads to a panel that tells services apart, when it is about one of them', () => {
    const byService = alerts.filter(({ expr }) => /\bby \(service_name\)/.test(expr));
    assert.ok(byService.length >= 4);
    for (const { alert, annotations } of byService) {
      const { targets = [] } = panelOf(annotations)!;
      for (const { expr, legendFormat } of targets)
        assert.match(`${expr} ${legendFormat}`, /\bservice_name\b|\bjob\b/, alert);
    }
  });
});

function panelOf({ __dashboardUid__: uid, __panelId__: id }: AlertingRule['annotations']): Panel | undefined {
  return dashboards.find((one) => one.uid === uid)?.panels.find((one) => String(one.id) === id);
}

describe('docs/runbooks.md', () => {
  test('has a section for each alert, and for no other', () => {
    assert.deepEqual(RUNBOOKS.map(({ title }) => title).toSorted(), alertNames.toSorted());
  });

  test('says in each how to make it fire', () => {
    for (const { title, text } of RUNBOOKS) assert.match(text, /^Make it fire:/m, title);
  });

  test('has a scenario in its table for each of the server, with the alert that the test on a stack waits for', () => {
    const rows = [...read('docs/runbooks.md').matchAll(/^\| `([\w-]+)` \| `(\w+)`, (page|ticket) \|/gm)];
    assert.deepEqual(
      Object.fromEntries(rows.map(([, scenario, alert, severity]) => [scenario, { alert, severity }])),
      Object.fromEntries(
        Object.entries(ALERTS_OF_SCENARIOS).map(([name, { alert, severity }]) => [name, { alert, severity }]),
      ),
    );
    assert.deepEqual(Object.keys(ALERTS_OF_SCENARIOS).toSorted(), [...SCENARIO_NAMES].toSorted());
  });

  test('names dashboards that exist', () => {
    const titles = Object.values(DASHBOARDS).map(({ title }) => title as string);
    const panels = dashboards.flatMap(({ panels }) => panels.map(({ title }) => title));
    const dataSources = readDataSources();
    const tempo = dataSources.get('tempo')!;
    const ofDots = dataSources.get('mimir')!.jsonData.exemplarTraceIdDestinations!.map((one) => one.urlDisplayLabel!);
    const buttons = [
      MENU,
      ...linksOfEverySpan(tempo),
      ...linksOfSomeSpans(tempo),
      ...ofDots,
      'Flame graph',
      'Patterns',
      'See source',
    ];
    for (const [, name] of read('docs/runbooks.md').matchAll(/(?<!\*)\*([A-Z][^*\n]*)\*(?!\*)/g)) {
      assert.ok([...titles, ...panels, ...buttons].includes(name!), name);
    }
  });

  test('each scenario raises an alert that exists', () => {
    for (const { alert, severity } of Object.values(ALERTS_OF_SCENARIOS)) {
      assert.ok(alerts.some((one) => one.alert === alert && one.labels.severity === severity));
    }
  });
});

describe('names in the rules', () => {
  const recorded = new Set(rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])));

  test('each metric of our own is one that the code emits', () => {
    const own = new Set(
      Object.values(METRIC_NAMES).flatMap((name) => [
        name as string,
        ...['total', 'bucket', 'sum', 'count'].map((end) => `${name}_${end}`),
      ]),
    );
    for (const { expr } of rulesOf('mimir')) {
      for (const [, metric] of expr.matchAll(/(?<![\w"/:-])(mythical_\w+)/g)) assert.ok(own.has(metric!), metric);
    }
  });

  test('each recorded series that a rule or a dashboard asks for is recorded', () => {
    const text = [...rules.map(({ expr }) => expr), JSON.stringify(dashboards)].join('\n');
    const asked = [...text.matchAll(/(?<![\w:])(slo:\w+:\w+|mythical:\w+:\w+)/g)].map(([, name]) => name!);
    assert.ok(asked.length > 20);
    for (const name of asked) assert.ok(recorded.has(name), name);
  });

  test('each service is one that exists', () => {
    const names = Object.values(SERVICES).map(({ name }) => name as string);
    for (const rule of rules) {
      const name = rule.labels?.service_name;
      if (name !== undefined && !name.includes('$')) assert.ok(names.includes(name), name);
      for (const [, service] of rule.expr.matchAll(/service(?:_name)?="([\w-]+)"/g))
        assert.ok(names.includes(service!));
    }
  });
});

describe('the objectives are the same in the rules and on the dashboards', () => {
  const text = readFileSync(path.join(RULE_FOLDERS.mimir, 'objectives.yaml'), 'utf8');

  test('what is promised', () => {
    const promised = rulesOf('mimir').filter((rule) => !isAlert(rule) && rule.record === 'slo:objective:ratio');
    assert.deepEqual(
      promised.map(({ labels, expr }) => [labels?.slo, expr]),
      OBJECTIVES.map(({ slo }) => [slo, `vector(${TARGET})`]),
    );
  });

  test('the windows, the burn rates of the alerts, and how many events they ask for', () => {
    for (const objective of OBJECTIVES) {
      for (const { severity, rate, long, short } of BURN_ALERTS) {
        const [rule] = alertsOf('mimir').filter(
          (one) => one.expr.includes(`slo="${objective.slo}"`) && one.labels.severity === severity,
        );
        assert.ok(rule!.expr.includes(`slo:sli_events:increase${long}{slo="${objective.slo}"} >= ${LEAST_EVENTS}`));
        for (const window of [long, short]) {
          assert.ok(rule!.expr.includes(`${badRatio(objective, window)} > (${rate} * ${(1 - TARGET).toFixed(2)})`));
        }
      }
    }
  });

  test('what is counted', () => {
    for (const { slo, all } of OBJECTIVES) {
      const recorded = rulesOf('mimir').filter((rule) => !isAlert(rule) && /^slo:sli_/.test(rule.record));
      const own = recorded.filter(({ labels }) => labels?.slo === slo);
      assert.equal(own.length, 9);
      for (const { expr } of own) for (const counter of all) assert.ok(expr.includes(`(${counter}[`), counter);
    }
  });

  // 0 / 0 is NaN, and so is then the mean of a whole day.
  test('where nothing happened there is no ratio', () => {
    const ratios = rulesOf('mimir').filter((rule) => !isAlert(rule) && rule.record.startsWith('slo:sli_error:'));
    assert.equal(ratios.length, OBJECTIVES.length * 6);
    for (const { expr } of ratios) assert.match(expr, /> 0\s*\)\s*$/);
  });

  test('the windows are what the names say', () => {
    for (const rule of rules) {
      if (isAlert(rule) || !rule.record.startsWith('slo:sli_')) continue;
      const window = rule.record.replace(/^.*(?:rate|increase)/, '');
      for (const [, range] of rule.expr.matchAll(/\[(\w+)\]/g)) assert.equal(range, window, rule.record);
    }
  });

  test('the burn rates are those that their derivation says: share of the budget x a day / window', () => {
    const rows = [...text.matchAll(/^# {3}(page|ticket) +(\d+) % +(\d+) (m|h) .* = ([\d.]+) +([\d.]+) % +(\d+) m$/gm)];
    assert.deepEqual(
      rows.map(([, severity, , long, unit, rate, , short]) => ({
        severity,
        rate: Number(rate),
        long: `${long}${unit}`,
        short: `${short}m`,
      })),
      BURN_ALERTS.map((one) => ({ ...one })),
    );
    for (const [, , share, long, unit, rate, bad] of rows) {
      const minutes = Number(long) * (unit === 'h' ? 60 : 1);
      assert.ok(Math.abs((Number(share) / 100) * (1440 / minutes) - Number(rate)) < 1e-9);
      assert.ok(Math.abs(Number(rate) * (1 - TARGET) * 100 - Number(bad)) < 1e-9);
    }
  });

  test('their limits lie on buckets of the histograms', () => {
    assert.ok(REQUEST_TIME_BUCKETS_MS.includes(FAST_MS));
    assert.ok(RECORDING_DELAY_BUCKETS_S.includes(FRESH_S));
    for (const objective of OBJECTIVES.filter(({ slo }) => slo !== 'availability')) {
      const selector = objective.good.replace(/^.*\{/, '{');
      assert.ok(text.includes(selector), selector);
    }
  });
});

describe('who is told', () => {
  const address = `http://${SERVICES.recorder.name}:${SERVICES.recorder.port}/notifications`;

  test('the Alertmanager tells the recorder, and nobody outside', () => {
    const { route, receivers } = parse(read('mimir/alertmanager.yaml'));
    assert.deepEqual(
      receivers.map(({ name }: { name: string }) => name),
      [route.receiver],
    );
    for (const { name: _, ...kinds } of receivers) assert.deepEqual(Object.keys(kinds), ['webhook_configs']);
    assert.equal(receivers[0].webhook_configs[0].url, address);
    assert.ok(receivers[0].webhook_configs[0].max_alerts <= 100, 'as many as the recorder takes');
  });

  test('so does Grafana, of its own alerts', () => {
    const { contactPoints } = parse(read('grafana/provisioning/alerting/contact-points.yaml'));
    const { policies } = parse(read('grafana/provisioning/alerting/policies.yaml'));
    assert.equal(contactPoints.length, 1);
    const [{ name, receivers }] = contactPoints;
    assert.deepEqual(
      policies.map(({ receiver }: { receiver: string }) => receiver),
      [name],
    );
    assert.equal(receivers.length, 1);
    assert.equal(receivers[0].type, 'webhook');
    assert.equal(receivers[0].settings.url, address);
    assert.ok(
      read('docker-compose.yml').includes('./grafana/provisioning/alerting:/etc/grafana/provisioning/alerting:ro'),
    );
  });

  test('Grafana knows the Alertmanager, and the data sources whose rulers send to it', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/datasources.yaml')) as {
      datasources: { uid: string; type: string; url: string; jsonData: Record<string, unknown> }[];
    };
    const alertmanager = datasources.find(({ type }) => type === 'alertmanager');
    const { ruler } = parse(read('loki/loki.yaml'));
    assert.equal(alertmanager?.url, ruler.alertmanager_url);
    for (const uid of ['mimir', 'loki']) {
      const { jsonData } = datasources.find((one) => one.uid === uid)!;
      assert.equal(jsonData.manageAlerts, true);
      assert.equal(jsonData.alertmanagerUid, alertmanager?.uid);
    }
  });

  test('links of alerts lead to Grafana, on the host and the port of .env', () => {
    const compose = parse(read('docker-compose.yml'), { merge: true });
    for (const name of ['mimir', 'loki']) {
      assert.ok(
        compose.services[name].command.includes(
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Compose's variable
          '-ruler.external.url=http://${PUBLIC_HOST:-localhost}:${GRAFANA_PORT:-3000}',
        ),
      );
    }
  });
});
