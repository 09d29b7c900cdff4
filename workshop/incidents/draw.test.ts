import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parser as logql } from '@grafana/lezer-logql';
import { parser as traceql } from '@grafana/lezer-traceql';
import { INCIDENT_FAULTS } from '@mythical/common/scenarios';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { CATALOGUE } from './catalogue.ts';
import { AFTER_SECONDS, draw } from './draw.ts';
import { guideQueries } from './guide.ts';

const SEEDS = Array.from({ length: 1000 }, (_, seed) => seed);

test('a seed always draws the same faults, and all faults are drawn', () => {
  const drawn = SEEDS.map(draw);
  assert.deepEqual(SEEDS.map(draw), drawn);
  const pairs = new Set(drawn.flat().map(({ service, cause }) => `${service} ${cause}`));
  const all = Object.entries(INCIDENT_FAULTS).flatMap(([service, causes]) =>
    causes.map((cause) => `${service} ${cause}`),
  );
  assert.deepEqual([...pairs].toSorted(), all.toSorted());
  assert.ok(Object.keys(CATALOGUE).length >= 12);
});

test('about 40 % are two faults in different services that can be told apart', () => {
  const twos = SEEDS.map(draw).filter(({ length }) => length === 2);
  assert.ok(twos.length > 300 && twos.length < 500, String(twos.length));
  for (const [one, other] of twos) {
    assert.notEqual(one!.service, other!.service);
    assert.notEqual(one!.cause, other!.cause);
    const causes = [one!.cause, other!.cause];
    assert.ok(!['clock-off', 'traces-lost'].every((cause) => (causes as string[]).includes(cause)));
    assert.ok(!['queue-backlog', 'slow-consumer'].every((cause) => (causes as string[]).includes(cause)));
  }
});

test('start times are spread over minutes', () => {
  const afters = SEEDS.flatMap((seed) => draw(seed).map(({ after }) => after));
  assert.ok(Math.min(...afters) >= AFTER_SECONDS.min && Math.max(...afters) < AFTER_SECONDS.max);
  assert.ok(new Set(afters).size > 150);
});

const PARSERS = { promql, logql, traceql } as const;

test('the guide has valid queries for each fault, including SQL for lens', () => {
  const guide = guideQueries();
  assert.deepEqual([...guide.keys()].toSorted(), Object.keys(CATALOGUE).toSorted());
  for (const [cause, queries] of guide) {
    assert.equal(queries.filter(({ language }) => language === 'sql').length, 1, cause);
    assert.ok(queries.length >= 2, cause);
    for (const { language, text } of queries) {
      if (language === 'sql') continue;
      PARSERS[language].parse(text).iterate({
        enter: ({ type, from }) => assert.ok(!type.isError, `${cause}: ${text.slice(0, from)} ⟵ here`),
      });
    }
  }
});
