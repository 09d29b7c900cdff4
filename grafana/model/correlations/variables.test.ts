import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { promqlOf } from '../dashboards/ask-mimir.ts';
import { fillInEnvironment } from './data-sources.ts';
import { interpolate, milliseconds, transform } from './variables.ts';

describe('variables', () => {
  test('from the environment have one dollar sign, Grafana’s have two', () => {
    assert.deepEqual(fillInEnvironment({ a: ['$NAME', '${NAME}!', '$${NAME}', '$$NAME', 7, null] }, { NAME: 'x' }), {
      a: ['x', 'x!', '${NAME}', '$NAME', 7, null],
    });
  });

  test('are found by name and by path', () => {
    const values = { name: 'n', __span: { traceId: 't', tags: { 'service.name': 's', port: 80 } } };
    const template = '$name ${name} [[name]] ${__span.traceId} ${__span.tags["service.name"]} ${__span.tags.port}';
    assert.equal(interpolate(template, values).text, 'n n n t s 80');
  });

  test('without a value stay as they are, and are reported', () => {
    const { text, missing } = interpolate('${a} ${b.c} $d[$__rate_interval]', { b: {} });
    assert.equal(text, '${a} ${b.c} $d[$__rate_interval]');
    assert.deepEqual(missing, ['${a}', '${b.c}', '$d']);
  });

  test('in SQL are quoted', () => {
    assert.equal(interpolate('${a:sqlstring}', { a: "it's" }).text, "'it''s'");
  });

  test('are parsed from a logfmt line', () => {
    const variables = transform([{ type: 'logfmt', field: 'Line' }], {
      Line: 'level=info msg="say \\"hi\\"" empty= a.b=c',
    });
    assert.deepEqual(variables, { level: 'info', msg: 'say "hi"', empty: '', 'a.b': 'c' });
  });

  test('for intervals are as long as in Grafana', () => {
    const promql = (text: string, to: number, stepMs: number) => promqlOf(text, {}, { from: 0, to }, stepMs);
    assert.equal(promql('x[$__rate_interval] y[$__range]', 3_600_000, 5_000), 'x[20s] y[3600s]');
    assert.equal(promql('x[$__rate_interval]', 86_400_000, 60_000), 'x[65s]');
  });

  test('for time shifts may be negative', () => {
    assert.deepEqual(['-1m', '15s', '2h', '100ms'].map(milliseconds), [-60_000, 15_000, 7_200_000, 100]);
    assert.throws(() => milliseconds('soon'), /not a duration/);
  });
});
