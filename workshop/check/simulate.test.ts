import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildGraph } from '../alloy/graph.ts';
import { parseGoTime } from './go-time.ts';
import { pathsBetween } from './paths.ts';
import type { Input } from './requirement.ts';
import { CannotTell } from './sample.ts';
import { simulate } from './simulate.ts';

/** The output of the only path through a configuration. */
function through(text: string, from: string, to: string, input?: Input) {
  const graph = buildGraph({ file: 'c.alloy', text });
  const [path] = pathsBetween(graph, [graph.nodes.get(from)!], new Set([graph.nodes.get(to)!]));
  return simulate(graph, path!, input, { kind: from })[0]!;
}

const relabel = (rules: string, labels: Record<string, string>) =>
  through(
    `prometheus.relabel "r" {\n${rules}\nforward_to = [prometheus.remote_write.w.receiver]\n}\nprometheus.remote_write "w" { }\n`,
    'prometheus.relabel.r',
    'prometheus.remote_write.w',
    { labels },
  );

const process = (stages: string, line: string, labels: Record<string, string> = {}) =>
  through(
    `loki.process "p" {\n${stages}\nforward_to = [loki.write.w.receiver]\n}\nloki.write "w" { }\n`,
    'loki.process.p',
    'loki.write.w',
    { line, labels },
  );

describe('relabel rules behave as in Prometheus', () => {
  const cases: [rules: string, before: Record<string, string>, after: Record<string, string> | 'dropped'][] = [
    ['rule {\ntarget_label = "a"\nreplacement = "b"\n}', {}, { a: 'b' }],
    ['rule {\nsource_labels = ["x", "y"]\ntarget_label = "a"\n}', { x: '1', y: '2' }, { x: '1', y: '2', a: '1;2' }],
    [
      'rule {\nsource_labels = ["x"]\nregex = "be-(.+)"\ntarget_label = "a"\nreplacement = "$1:9"\n}',
      { x: 'be-s' },
      { x: 'be-s', a: 's:9' },
    ],
    ['rule {\nsource_labels = ["x"]\nregex = "e"\ntarget_label = "a"\n}', { x: 'be' }, { x: 'be' }],
    ['rule {\nsource_labels = ["x"]\nregex = "a|b"\naction = "keep"\n}', { x: 'c' }, 'dropped'],
    ['rule {\nsource_labels = ["x"]\nregex = "a|b"\naction = "drop"\n}', { x: 'c' }, { x: 'c' }],
    ['rule {\nregex = "e_.*"\naction = "labeldrop"\n}', { e_1: 'c', f: 'd' }, { f: 'd' }],
    ['rule {\nregex = "f"\naction = "labelkeep"\n}', { e_1: 'c', f: 'd' }, { f: 'd' }],
    ['rule {\nregex = "m_(.+)"\naction = "labelmap"\n}', { m_a: 'c' }, { m_a: 'c', a: 'c' }],
    ['rule {\ntarget_label = "a"\nreplacement = ""\n}', { a: 'x', b: 'y' }, { b: 'y' }],
  ];
  for (const [rules, before, after] of cases) {
    test(rules.replaceAll('\n', ' '), () => {
      const { labels, dropped } = relabel(rules, before);
      assert.deepEqual(dropped ? 'dropped' : labels, after);
    });
  }
});

describe('stages behave as in loki.process', () => {
  test('logfmt, labels, structured metadata', () => {
    const sample = process(
      'stage.logfmt {\nmapping = {"k" = "kind", "t" = ""}\n}\nstage.labels {\nvalues = {"k" = ""}\n}\nstage.structured_metadata {\nvalues = {"t" = ""}\n}',
      'kind="an event" t=1',
    );
    assert.deepEqual([sample.labels, sample.metadata], [{ k: 'an event' }, { t: '1' }]);
  });

  test('json, output', () => {
    const sample = process(
      'stage.json {\nexpressions = {"body" = ""}\n}\nstage.output {\nsource = "body"\n}',
      '{"body":"x=1"}',
    );
    assert.equal(sample.line, 'x=1');
  });

  test('replace changes what the groups match, for every match', () => {
    const stage = 'stage.replace {\nexpression = "token=(\\\\w+)"\nreplace = "*"\n}';
    assert.equal(process(stage, 'token=a x token=bc').line, 'token=* x token=*');
  });

  test('drop, and match with nested stages', () => {
    assert.ok(process('stage.drop {\nexpression = "debug"\n}', 'level=debug').dropped);
    const match = 'stage.match {\nselector = "{a=~\\"x|y\\"}"\nstage.static_labels {\nvalues = {"b" = "1"}\n}\n}';
    assert.deepEqual(process(match, '', { a: 'y' }).labels, { a: 'y', b: '1' });
    assert.deepEqual(process(match, '', { a: 'z' }).labels, { a: 'z' });
  });

  test('nothing can be told about an unknown stage', () => {
    assert.throws(() => process('stage.template {\nsource = "x"\n}', ''), CannotTell);
  });
});

describe("Go's time layouts", () => {
  const moment = Date.parse('2026-11-20T09:30:07.123Z');
  const cases: [layout: string, text: string, wanted: number | undefined][] = [
    ['2006-01-02T15:04:05.000Z07:00', '2026-11-20T09:30:07.123Z', moment],
    ['2006-01-02T15:04:05.000Z07:00', '2026-11-20T11:30:07.123+02:00', moment],
    ['RFC3339', '2026-11-20T09:30:07.123Z', moment],
    ['RFC3339Nano', '2026-11-20T09:30:07.123Z', moment],
    ['2006-01-02 15:04:05,000 -0700', '2026-11-20 09:30:07,123 +0000', moment],
    ['UnixMs', String(moment), moment],
    ['Unix', '1795253407', 1795253407000],
    ['02 Jan 06 15:04 MST', '20 Nov 26 09:30 UTC', Date.parse('2026-11-20T09:30:00Z')],
    ['2006-01-02', '2026-11-20T09:30:07.123Z', undefined],
    ['2006-02-01T15:04:05.000Z07:00', '2026-11-20T09:30:07.123Z', undefined],
  ];
  for (const [layout, text, wanted] of cases) {
    test(`${layout} of ${text}`, () => assert.equal(parseGoTime(text, layout), wanted));
  }
});
