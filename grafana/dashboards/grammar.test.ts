import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parser as logql } from '@grafana/lezer-logql';
import { parser as traceql } from '@grafana/lezer-traceql';
import { parser as promql } from '@prometheus-io/lezer-promql';
import { logqlOf } from '../model/dashboards/ask-loki.ts';
import { promqlOf } from '../model/dashboards/ask-mimir.ts';
import { isTraceId } from '../model/dashboards/ask-tempo.ts';
import { addressOf } from '../model/dashboards/follow.ts';
import { dataLinksOf, panelsOf, readDashboards, type Target } from '../model/dashboards/read.ts';
import { FORMATS, fill, savedValues, type Values } from '../model/dashboards/variables.ts';

// Each query, with its variables and macros filled in, must parse with the grammars that Grafana's own editors use.

const HOUR = { from: 0, to: 3_600_000 };
const STEP_MS = 15_000;

const PARSERS = {
  mimir: { parser: promql, text: ({ expr }: Target, values: Values) => promqlOf(expr!, values, HOUR, STEP_MS) },
  loki: { parser: logql, text: ({ expr }: Target, values: Values) => logqlOf(expr!, values, HOUR, STEP_MS) },
  tempo: {
    parser: traceql,
    text: ({ query }: Target, values: Values) => fill(query!, (name) => values[name], FORMATS.pipe),
  },
};

/** Where the query does not parse, or undefined. */
function mistakeIn(target: Target, values: Values): string | undefined {
  const { parser, text } = PARSERS[target.datasource.uid as keyof typeof PARSERS] ?? {};
  if (parser === undefined || text === undefined || target.queryType === 'serviceMap') return undefined;
  const query = text(target, values);
  assert.doesNotMatch(query, /\$(?!\d)/, `a variable has no value in ${query}`);
  // A trace ID is not TraceQL.
  if (target.datasource.uid === 'tempo' && isTraceId(query))
    return /^[0-9a-f]{32}$/.test(query) ? undefined : `“${query}” is not a trace ID`;
  let mistake: string | undefined;
  parser.parse(query).iterate({
    enter({ type, from }) {
      if (type.isError) mistake ??= `${query.slice(0, from)} ⟵ here: ${query.slice(from)}`;
    },
  });
  return mistake;
}

describe('queries that parse', () => {
  for (const [name, dashboard] of readDashboards()) {
    const values = savedValues(dashboard);
    for (const panel of panelsOf(dashboard)) {
      for (const target of panel.targets ?? []) {
        test(`${name}: ${panel.title} ${target.refId}`, () => assert.equal(mistakeIn(target, values), undefined));
      }
      for (const link of dataLinksOf(panel)) {
        test(`${name}: ${panel.title}, link ${link.title}`, () => {
          const clicked = panel.type === 'table' ? { columns: anything } : { name: 'a'.repeat(32), labels: anything };
          const { pathname, searchParams } = new URL(addressOf(link, clicked, values, HOUR)!, 'http://grafana');
          if (pathname !== '/explore') return;
          const [pane] = Object.values(JSON.parse(searchParams.get('panes')!) as Record<string, { queries: Target[] }>);
          assert.equal(mistakeIn(pane!.queries[0]!, {}), undefined);
        });
      }
    }
    for (const annotation of dashboard.annotations.list) {
      test(`${name}: annotation ${annotation.name}`, () => {
        assert.equal(mistakeIn({ refId: 'Anno', ...annotation }, values), undefined);
      });
    }
  }

  test('a mistake is found in each of the three languages', () => {
    const mimir = { refId: 'A', datasource: { uid: 'mimir', type: 'prometheus' }, expr: 'sum(rate(x[5m])' };
    const loki = { refId: 'A', datasource: { uid: 'loki', type: 'loki' }, expr: '{a="b" | logfmt' };
    const tempo = { refId: 'A', datasource: { uid: 'tempo', type: 'tempo' }, query: '{ status = error' };
    for (const target of [mimir, loki, tempo]) assert.ok(mistakeIn(target, {}), JSON.stringify(target));
  });
});

/** Has every label and every column; some of them are trace IDs. */
const anything = new Proxy({} as Record<string, string>, { get: () => 'a'.repeat(32) });
