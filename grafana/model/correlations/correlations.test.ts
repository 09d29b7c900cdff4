import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { correlations, dataSources, insert, line, open, TRACE, withTags } from './examples.ts';
import type { Line } from './samples.ts';

// What grafana/provisioning/datasources/datasources.yaml makes of small examples. Whether the queries also find data is
// tested on the running stack.

describe('Grafana’s data sources', () => {
  test('link only to each other', () => {
    assert.deepEqual([...dataSources.keys()], ['mimir', 'loki', 'tempo', 'pyroscope', 'postgres', 'alertmanager']);
    for (const { name, from, to } of correlations) {
      assert.ok(dataSources.has(from), name);
      assert.ok(dataSources.has(to), name);
    }
  });

  test('cover every useful path from one signal to another', () => {
    assert.deepEqual([...new Set(correlations.map(({ from, to }) => `${from} → ${to}`))].sort(), [
      'loki → mimir',
      'loki → pyroscope',
      'loki → tempo',
      'mimir → tempo',
      'tempo → loki',
      'tempo → mimir',
      'tempo → postgres',
      'tempo → pyroscope',
    ]);
  });

  test('correlations have a label and a description', () => {
    for (const { correlations = [] } of dataSources.values()) {
      for (const { label, description } of correlations) {
        assert.match(label, /\w/);
        assert.match(description, /\w/, label);
      }
    }
  });

  test('Postgres is queried with the read-only role and the password from the environment', () => {
    const { user, secureJsonData } = dataSources.get('postgres') as unknown as Record<string, unknown>;
    assert.equal(user, 'grafana_reader');
    assert.deepEqual(secureJsonData, { password: 'secret' });
  });
});

describe('from a metric', () => {
  test('an exemplar links to its trace, whatever its label is called', () => {
    for (const label of ['traceID', 'trace_id']) {
      const links = correlations
        .filter(({ on }) => on === 'exemplars')
        .map(({ open }) => open({ labels: { [label]: TRACE } }));
      assert.deepEqual(
        links.filter((link) => link !== undefined).map(({ to, query }) => ({ to, query })),
        [{ to: 'tempo', query: { query: TRACE, queryType: 'traceql' } }],
      );
    }
  });
});

describe('from a log line', () => {
  const traceLinks = (sample: Line) =>
    correlations
      .filter(({ on, to }) => on === 'lines' && to === 'tempo')
      .flatMap(({ open }) => open(sample)?.query.query ?? []);

  for (const [what, sample, expected] of [
    ['with the ID in both, as the sandbox writes them', line, [TRACE]],
    ['received over OTLP', { labels: { trace_id: TRACE }, text: line.text }, [TRACE]],
    ['with the ID only in its text, in JSON', { labels: {}, text: `{"msg":"hello","traceId":"${TRACE}"}` }, [TRACE]],
    ['with the ID only in its text', { labels: {}, text: `hello trace_id=${TRACE} bye` }, [TRACE]],
    ['without a trace', { labels: { service_name: 'mimir' }, text: 'level=info msg=hello' }, []],
  ] as const) {
    test(`${expected.length === 0 ? 'no link' : 'exactly one link'} to a trace: a line ${what}`, () => {
      assert.deepEqual(traceLinks(sample), expected);
    });
  }

  test('to requests about the same kind, whatever its label is called', () => {
    const rates = ENDPOINT_TYPES.map(
      (type) => `rate(mythical_request_times_count{${vocabularyOf(type).tag}="unicorn"}[$__rate_interval])`,
    );
    assert.equal(
      open('loki: Requests about this kind', line)?.query.expr,
      `sum by (method, status) (${rates.join(' or ')})`,
    );
  });

  test('to the profile of its service', () => {
    const link = open('loki: CPU profile of this service', line);
    assert.equal(link?.query.labelSelector, '{service_name="mythical-server"}');
  });

  test('no link if the line lacks a field it needs', () => {
    assert.equal(open('loki: Requests about this kind', { labels: line.labels, text: 'listening' }), undefined);
    assert.equal(open('loki: CPU profile of this service', { labels: {}, text: line.text }), undefined);
  });
});

describe('from a span', () => {
  test('to the lines of its whole trace, starting a minute before it', () => {
    const link = open('trace → log lines', insert);
    assert.equal(link?.query.expr, `{service_name=~".+"} | traceID="${TRACE}" or trace_id="${TRACE}"`);
    assert.deepEqual(link?.range, { from: 1795247738045 - 60_000, to: 1795247738045 + 300_000 });
  });

  test('to rate, errors and duration of similar spans', () => {
    const like = 'service="mythical-server", span_name="pg.query:add-beast postgres"';
    const calls = 'traces_spanmetrics_calls_total';
    assert.deepEqual(
      correlations.filter(({ name }) => name.startsWith('span → metrics')).map(({ open }) => open(insert)?.query.expr),
      [
        `sum(rate(${calls}{${like}}[$__rate_interval]))`,
        `(sum(rate(${calls}{${like}, status_code="STATUS_CODE_ERROR"}[$__rate_interval])) or vector(0)) / sum(rate(${calls}{${like}}[$__rate_interval]))`,
        `histogram_quantile(0.95, sum by (le) (rate(traces_spanmetrics_latency_bucket{${like}}[$__rate_interval])))`,
      ],
    );
  });

  test('to its own profile, if it has one', () => {
    assert.equal(open('span → its own profile', insert), undefined);
    const link = open('span → its own profile', withTags({ key: 'pyroscope.profile.id', value: 'ace3462a67e87e48' }));
    assert.deepEqual(link?.query, {
      labelSelector: '{service_name="mythical-server"}',
      profileTypeId: 'wall:cpu:nanoseconds:wall:nanoseconds',
      spanSelector: ['ace3462a67e87e48'],
    });
  });

  test('to the profile of its service, in a time range long enough for a profile', () => {
    const link = open('tempo: CPU profile of the service', insert);
    assert.equal(link?.to, 'pyroscope');
    assert.equal(link.query.labelSelector, '{service_name="mythical-server"}');
    assert.deepEqual(link.range, { from: 1795247700000, to: 1795247799999 });
  });

  test('every profile link uses the type that the services push', () => {
    const span = withTags({ key: 'pyroscope.profile.id', value: 'ace3462a67e87e48' });
    const types = correlations
      .filter(({ to }) => to === 'pyroscope')
      .map(({ on, open }) => open(on === 'lines' ? line : span)?.query.profileTypeId);
    assert.equal(types.length, 3);
    assert.deepEqual(new Set(types), new Set(['wall:cpu:nanoseconds:wall:nanoseconds']));
  });
});
