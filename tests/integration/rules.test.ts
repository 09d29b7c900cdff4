import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { parser } from '@grafana/lezer-logql';
import { SERVICES } from '@mythical/common/services';
import { METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import { isAlert, RULE_FOLDERS, rulesOf } from '../e2e/alerts/rules.ts';
import { scaleRules, writeScaledRules } from '../e2e/alerts/scale-rules.ts';
import { dashboards, rules } from '../support/all-rules.ts';
import { read, root, run } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { useFolder } from '../support/temporary-folder.ts';

// The rules of Mimir and Loki, compared with the code and the dashboards, and tested on hand-written series.

const promtool = await realProgram('promtool');
describe('promtool', { skip: promtool.skip }, () => {
  for (const file of readdirSync(path.join(root, 'tests/integration/rules'))) {
    test(`tests/integration/rules/${file}`, async () => {
      await run(promtool.path as string, ['test', 'rules', path.join(root, 'tests/integration/rules', file)]);
    });
  }

  test('a wrong expectation is noticed', async () => {
    const file = path.join(useFolder('rules'), 'wrong.test.yaml');
    const wrong = read('tests/integration/rules/symptoms.test.yaml')
      .replace('../../mimir', path.join(root, 'mimir'))
      .replace('alertname="SlowQueries"', 'alertname="FastQueries"');
    await writeFile(file, wrong);
    await assert.rejects(run(promtool.path!, ['test', 'rules', file]), /FAILED/);
  });

  test('rules with shorter windows are also valid', async () => {
    const { mimir } = writeScaledRules(0.5, useFolder('rules'));
    const files = readdirSync(path.join(mimir, 'anonymous')).map((file) => path.join(mimir, 'anonymous', file));
    assert.equal(files.length, readdirSync(RULE_FOLDERS.mimir).length);
    await run(promtool.path!, ['check', 'rules', ...files]);
  });
});

test('all windows are scaled by one factor, but not below four scrapes', () => {
  const text = '- record: slo:sli_error:ratio_rate5m\n  expr: rate(a[5m]) / rate(a[1m]) + rate(a[1d])\n  for: 20s\n';
  assert.equal(
    scaleRules(text, 0.25),
    '- record: slo:sli_error:ratio_rate5m\n  expr: rate(a[75s]) / rate(a[20s]) + rate(a[21600s])\n  for: 5s\n',
  );
  assert.equal(scaleRules(text, 1).replaceAll('300s', '5m').replaceAll('60s', '1m').replaceAll('86400s', '1d'), text);
});

// If Loki is not installed, no program reads them, so parse them with its grammar.
test('each Loki rule is valid LogQL', () => {
  const mistakes = (expr: string) => {
    const found: string[] = [];
    parser.parse(expr).iterate({ enter: ({ type, from }) => void (type.isError && found.push(expr.slice(from))) });
    return found;
  };
  for (const { expr } of rulesOf('loki')) assert.deepEqual(mistakes(expr), [], expr);
  assert.ok(mistakes('sum(rate({a="b"}[1m])').length > 0);
});

describe('names in the rules', () => {
  const recorded = new Set(rules.flatMap((rule) => (isAlert(rule) ? [] : [rule.record])));

  test('the code emits every mythical_ metric', () => {
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

  test('each recorded series in a rule or a dashboard is recorded', () => {
    const text = [...rules.map(({ expr }) => expr), JSON.stringify(dashboards)].join('\n');
    const asked = [...text.matchAll(/(?<![\w:])(slo:\w+:\w+|mythical:\w+:\w+)/g)].map(([, name]) => name!);
    assert.ok(asked.length > 20);
    for (const name of asked) assert.ok(recorded.has(name), name);
  });

  test('each service exists', () => {
    const names = Object.values(SERVICES).map(({ name }) => name as string);
    for (const rule of rules) {
      const name = rule.labels?.service_name;
      if (name !== undefined && !name.includes('$')) assert.ok(names.includes(name), name);
      for (const [, service] of rule.expr.matchAll(/service(?:_name)?="([\w-]+)"/g))
        assert.ok(names.includes(service!));
    }
  });
});
