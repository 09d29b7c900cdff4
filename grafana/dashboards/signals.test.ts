import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { FRONTEND, SERVICES } from '@mythical/common/services';
import { METRIC_NAMES, REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { parse } from 'yaml';
import { SCENARIO_NAMES } from '../../source/server/scenarios.ts';
import { panelsOf, readDashboards } from '../../tests/e2e/dashboards/read.ts';
import { FAST_MS } from './parts/objectives.ts';

// Names that the built dashboards use, against the code that makes them. Names of other programs are held against what
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
  // Of docker-compose-otel.yml, in the place of Alloy.
  'otel-collector',
]);

describe('names in the dashboards', () => {
  for (const [name, text] of all) {
    test(`${name}: each metric of our own is one that the code emits`, () => {
      // Not within a name of something else, such as a path or a uid.
      for (const [, metric] of text.matchAll(/(?<![\w/:-])(mythical_\w+)/g)) assert.ok(own.has(metric!), metric);
    });

    test(`${name}: each service is one that exists`, () => {
      const named = [
        ...text.matchAll(/(?:service_name|service\.name|service|client|server|job)\s*=~?\s*(?:\\+)"([\w|-]+)(?:\\+)"/g),
      ];
      for (const service of named.flatMap(([, value]) => value!.split('|'))) {
        assert.ok(services.has(service.replace(/^beyla-/, '')), service);
      }
    });
  }

  test('every metric of our own is on a dashboard', () => {
    const shown = all.map(([, text]) => text).join('\n');
    for (const name of Object.values(METRIC_NAMES)) assert.ok(shown.includes(name), name);
  });

  test('every scenario is explained, and has a graph for its trail', () => {
    const [, text] = all.find(([name]) => name === 'scenarios')!;
    for (const scenario of SCENARIO_NAMES) {
      assert.ok(text.includes(`| \`${scenario}\` |`), scenario);
      assert.ok(
        panelsOf(JSON.parse(text)).some(({ title }) => title.startsWith(`${scenario}:`)),
        scenario,
      );
    }
  });

  test('the kind is found under either vocabulary', () => {
    for (const dashboard of readDashboards().values()) {
      const word = dashboard.templating.list.find(({ name }) => name === 'word');
      if (word === undefined) continue;
      const [, pattern] = /^\/(.*)\/$/.exec(word.regex!)!;
      for (const type of ENDPOINT_TYPES) assert.match(vocabularyOf(type).tag, new RegExp(pattern!));
      assert.doesNotMatch('method', new RegExp(pattern!));
    }
  });

  test('the objective on latency lies on a bucket of the histogram', () => {
    assert.ok(REQUEST_TIME_BUCKETS_MS.includes(FAST_MS));
  });
});
