import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SCENARIO_NAMES } from '@mythical/common/scenarios';
import { FRONTEND, SERVICES } from '@mythical/common/services';
import { METRIC_NAMES, REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { parse } from 'yaml';
import { EXCEPTIONS, expectedBehindZero, metricsBehindZero } from '../../tests/e2e/dashboards/behind-zero.ts';
import { panelsOf, readDashboards } from '../model/dashboards/read.ts';
import { FAST_MS } from '../queries/objectives.ts';

// Names in the built dashboards, compared with the code that emits them. Names from other programs are compared with what
// those really send, by tests/e2e/dashboards.e2e.ts.

const root = path.join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const all = [...readDashboards()].map(([name, dashboard]) => [name, JSON.stringify(dashboard)] as const);

const own = new Set(
  Object.values(METRIC_NAMES).flatMap((name) => [
    name,
    ...['total', 'bucket', 'sum', 'count'].map((end) => `${name}_${end}`),
  ]),
);
const services = new Set([
  ...Object.values(SERVICES).map(({ name }) => name as string),
  ...Object.keys((parse(read('docker-compose.yml'), { merge: true }) as { services: object }).services),
  FRONTEND.name,
  // From docker-compose-otel.yml, in place of Alloy.
  'otel-collector',
]);

describe('names in the dashboards', () => {
  for (const [name, text] of all) {
    test(`${name}: the code emits each of our metrics`, () => {
      // Not inside another name, such as a path or a uid.
      for (const [, metric] of text.matchAll(/(?<![\w/:-])(mythical_\w+)/g)) assert.ok(own.has(metric!), metric);
    });

    test(`${name}: each service exists`, () => {
      const named = [
        ...text.matchAll(/(?:service_name|service\.name|service|client|server|job)\s*=~?\s*(?:\\+)"([\w|-]+)(?:\\+)"/g),
      ];
      for (const service of named.flatMap(([, value]) => value!.split('|'))) {
        assert.ok(services.has(service.replace(/^beyla-/, '')), service);
      }
    });
  }

  // cAdvisor reads OOM kills from the kernel's log; the collector's container has no device and no capability to read it.
  test('no panel counts OOM kills, which nothing here can measure', () => {
    const compose = parse(read('docker-compose.yml'), { merge: true }) as {
      services: { alloy: { devices?: string[]; cap_drop?: string[] } };
    };
    assert.equal(compose.services.alloy.devices, undefined);
    assert.deepEqual(compose.services.alloy.cap_drop, ['ALL']);
    for (const [name, text] of all) assert.ok(!text.includes('container_oom_events'), name);
    assert.ok(!read('alloy/modules/metrics.alloy').includes('oom_event'));
  });

  test('each of our metrics is on a dashboard', () => {
    const shown = all.map(([, text]) => text).join('\n');
    for (const name of Object.values(METRIC_NAMES)) assert.ok(shown.includes(name), name);
  });

  test('every scenario is described and has a graph of its effect', () => {
    const [, text] = all.find(([name]) => name === 'scenarios')!;
    for (const scenario of SCENARIO_NAMES) {
      assert.ok(text.includes(`| \`${scenario}\` |`), scenario);
      assert.ok(
        panelsOf(JSON.parse(text)).some(({ title }) => title.startsWith(`${scenario}:`)),
        scenario,
      );
    }
  });

  test('the kind is found with either vocabulary', () => {
    for (const dashboard of readDashboards().values()) {
      const word = dashboard.templating.list.find(({ name }) => name === 'word');
      if (word === undefined) continue;
      const [, pattern] = /^\/(.*)\/$/.exec(word.regex!)!;
      for (const type of ENDPOINT_TYPES) assert.match(vocabularyOf(type).tag, new RegExp(pattern!));
      assert.doesNotMatch('method', new RegExp(pattern!));
    }
  });

  test('the latency objective matches a bucket of the histogram', () => {
    assert.ok(REQUEST_TIME_BUCKETS_MS.includes(FAST_MS));
  });
});

// For a query that ends in `or vector(0)`, the e2e test asks for the metric itself (tests/e2e/dashboards.e2e.ts).
describe('queries that return zero if there is no data', () => {
  const queries = [...readDashboards().values()]
    .flatMap(panelsOf)
    .flatMap(({ targets = [] }) => targets.filter(({ datasource }) => datasource.uid === 'mimir'))
    .map(({ expr = '' }) => expr);

  test('the metric is found without its filters, except the one for the program', () => {
    assert.deepEqual(metricsBehindZero('sum(rate(a_total{outcome="dropped"}[1m])) or vector(0)'), [
      { name: 'a_total' },
    ]);
    assert.deepEqual(
      metricsBehindZero('(sum(a{job="b", c="d"}) or vector(0)) + sum(rate({__name__=~"e(_total)?"}[1m]))'),
      [{ name: 'a', job: 'b' }, { name: 'e(_total)?' }],
    );
    assert.deepEqual(metricsBehindZero('sum(a)'), []);
  });

  test('each has a metric that must exist with one collector or the other, except for alerts', () => {
    const zeros = queries.filter((expr) => metricsBehindZero(expr).length > 0);
    assert.ok(zeros.length > 20);
    for (const expr of zeros) {
      const expected = (['alloy', 'otel-collector'] as const).flatMap((one) => expectedBehindZero(expr, one));
      assert.ok(expected.length > 0 || expr.includes('ALERTS'), expr);
    }
  });

  test('each exception is about one of these queries', () => {
    const names = queries.flatMap((expr) => metricsBehindZero(expr).map(({ name }) => name));
    for (const { metric, because } of EXCEPTIONS)
      assert.ok(
        names.some((name) => metric.test(name)),
        `${metric}: ${because}`,
      );
  });
});
