import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { DASHBOARDS } from '../../grafana/layout/uids.ts';
import { dataLinksOf, type Panel, panelsOf } from '../../grafana/model/dashboards/read.ts';
import { OBJECTIVES } from '../../grafana/queries/objectives.ts';
import { type AlertingRule, isAlert, rulesOf } from '../e2e/alerts/rules.ts';
import { alerts, dashboards } from '../support/all-rules.ts';
import { read } from '../support/project.ts';

describe('each alert', () => {
  for (const { alert, labels, annotations } of alerts) {
    describe(`${alert}, ${labels.severity}`, () => {
      test('has a severity', () => {
        assert.ok(['page', 'ticket'].includes(labels.severity ?? ''));
      });

      test('has a summary, and a description with a number or a time', () => {
        assert.ok((annotations.summary ?? '').length >= 20);
        assert.ok((annotations.summary ?? '').length <= 100);
        assert.match(annotations.description ?? '', /\$value|minute/);
      });

      test('links to a dashboard, and to an existing panel on it', () => {
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

      test('links to its runbook: a section of docs/runbooks.md, and a panel in Grafana', () => {
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

  // Panels are found by number, and a new panel above one would shift all that follow.
  test('links to the right panel', () => {
    const titles = Object.fromEntries(alerts.map(({ alert, annotations }) => [alert, panelOf(annotations)?.title]));
    assert.deepEqual(titles, {
      ServerAvailabilityBudgetBurn: 'p95 latency of failed requests, and exemplars',
      ServerLatencyBudgetBurn: 'p95 latency and exemplars',
      RecordingFreshnessBudgetBurn: 'Recording delay',
      SlowQueries: 'Top statements',
      EventLoopBlocked: 'Event loop lag',
      HeapFilling: 'Heap, % of limit',
      ServerGone: 'Up',
      RecordingStopped: 'Queue length',
      TargetDown: 'Up',
      AlertingFails: 'Rules',
      LogStorm: 'Log lines by service and level',
      ManyErrorLines: 'Error lines by service',
    });
  });

  test('links to a panel with exemplars if it is about an error budget', () => {
    const budgets = alerts.filter(({ alert }) => alert.endsWith('BudgetBurn'));
    assert.equal(budgets.length, 2 * OBJECTIVES.length);
    for (const { alert, annotations } of budgets)
      assert.ok(
        panelOf(annotations)?.targets?.some(({ exemplar }) => exemplar),
        alert,
      );
  });

  test('also has its links in a series, for tables of alerts', () => {
    const series = rulesOf('mimir').filter((rule) => !isAlert(rule) && rule.record === 'mythical:alert_links:info');
    for (const { expr } of series) assert.equal(expr, 'vector(1)');
    const wanted = alerts.map(({ alert, annotations }) => ({
      alertname: alert,
      dashboard: annotations.__dashboardUid__,
      panel: annotations.__panelId__,
      runbook: /viewPanel=(\d+)/.exec(annotations.runbook_url!)?.[1],
    }));
    // Only once for a page and a ticket with the same name; both link to the same panel.
    assert.deepEqual(
      series.map(({ labels }) => JSON.stringify(labels)).toSorted(),
      [...new Set(wanted.map((one) => JSON.stringify(one)))].toSorted(),
    );
  });

  test('is in the tables of alerts through a query that is tested on hand-written series, and can be clicked there', () => {
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

  test('links to a panel that distinguishes services, if it is about one service', () => {
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
