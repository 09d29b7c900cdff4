// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { panelsOf, readDashboards } from '../dashboards/read.ts';
import { fillInIntervals } from './backends.ts';
import { fillInEnvironment, readDataSources } from './data-sources.ts';
import { type Correlation, correlationsOf } from './links.ts';
import { type Exemplar, type KeyValue, type Line, type Span, spansOf } from './samples.ts';
import { linksOfEverySpan, linksOfSomeSpans, MAX_BUTTONS, MENU } from './span-buttons.ts';
import { interpolate, milliseconds, transform } from './variables.ts';

// What grafana/provisioning/datasources/datasources.yaml makes of small examples, written by hand. That the queries find
// something, too, is tested on the running stack.

const TRACE = '51f5488007c42892da24c718622f3b7f';

const insert: Span = {
  traceID: TRACE,
  spanID: 'ace3462a67e87e48',
  operationName: 'pg.query:add-beast postgres',
  serviceName: 'mythical-server',
  serviceTags: [{ key: 'service.name', value: 'mythical-server' }],
  tags: [
    { key: 'db.query.text', value: 'insert into beasts (kind, name) values ($1, $2)' },
    { key: 'beast', value: 'manticore' },
  ],
  startTime: 1795247738045,
  duration: 0.694822,
  trace: { traceId: TRACE, name: 'request manticore', duration: 338 },
};

const line: Line = {
  labels: {
    service_name: 'mythical-server',
    level: 'info',
    beast: 'unicorn',
    traceID: TRACE,
    spanID: '464e85f03a820df5',
  },
  text: `level=info msg="POST unicorn" http.method=POST endpoint=unicorn status=201 duration=1.41 traceID=${TRACE} spanID=464e85f03a820df5`,
};

const dataSources = readDataSources({ POSTGRES_READER_PASSWORD: 'secret' });
const correlations = correlationsOf(dataSources);

function called(name: string): Correlation {
  const found = correlations.filter((correlation) => correlation.name === name);
  assert.equal(found.length, 1, `${name}; there are ${correlations.map(({ name }) => name).join(', ')}`);
  return found[0]!;
}
const open = (name: string, sample: Span | Line | Exemplar) => called(name).open(sample);
const withTags = (...tags: KeyValue[]): Span => ({ ...insert, tags });

describe('the data sources of Grafana', () => {
  test('lead only to each other', () => {
    assert.deepEqual([...dataSources.keys()], ['mimir', 'loki', 'tempo', 'pyroscope', 'postgres', 'alertmanager']);
    for (const { name, from, to } of correlations) {
      assert.ok(dataSources.has(from), name);
      assert.ok(dataSources.has(to), name);
    }
  });

  test('there is a way from each signal to each other one that is worth one', () => {
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

  test('correlations say what Grafana would end without: a label and a description', () => {
    for (const { correlations = [] } of dataSources.values()) {
      for (const { label, description } of correlations) {
        assert.match(label, /\w/);
        assert.match(description, /\w/, label);
      }
    }
  });

  test('the database is read by the role that can do nothing else, with the password of the environment', () => {
    const { user, secureJsonData } = dataSources.get('postgres') as unknown as Record<string, unknown>;
    assert.equal(user, 'grafana_reader');
    assert.deepEqual(secureJsonData, { password: 'secret' });
  });
});

describe('from a metric', () => {
  test('an exemplar leads to its trace, whichever name its label has', () => {
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
    ['with the id in both, as the sandbox writes them', line, [TRACE]],
    ['that came by OTLP', { labels: { trace_id: TRACE }, text: line.text }, [TRACE]],
    ['with the id in its text alone, in JSON', { labels: {}, text: `{"msg":"hello","traceId":"${TRACE}"}` }, [TRACE]],
    ['with the id in its text alone', { labels: {}, text: `hello trace_id=${TRACE} bye` }, [TRACE]],
    ['without a trace', { labels: { service_name: 'mimir' }, text: 'level=info msg=hello' }, []],
  ] as const) {
    test(`${expected.length === 0 ? 'no link' : 'one link, not two,'} to a trace: a line ${what}`, () => {
      assert.deepEqual(traceLinks(sample), expected);
    });
  }

  test('to the requests about the same kind, whatever its label is called', () => {
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

  test('no link where the line does not say what is needed', () => {
    assert.equal(open('loki: Requests about this kind', { labels: line.labels, text: 'listening' }), undefined);
    assert.equal(open('loki: CPU profile of this service', { labels: {}, text: line.text }), undefined);
  });
});

describe('from a span', () => {
  test('to the lines of its whole trace, from a minute before it', () => {
    const link = open('trace → log lines', insert);
    assert.equal(link?.query.expr, `{service_name=~".+"} | traceID="${TRACE}" or trace_id="${TRACE}"`);
    assert.deepEqual(link?.range, { from: 1795247738045 - 60_000, to: 1795247738045 + 300_000 });
  });

  test('to rate, errors and duration of all spans like it', () => {
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

  test('to its own profile, where it has one', () => {
    assert.equal(open('span → its own profile', insert), undefined);
    const link = open('span → its own profile', withTags({ key: 'pyroscope.profile.id', value: 'ace3462a67e87e48' }));
    assert.deepEqual(link?.query, {
      labelSelector: '{service_name="mythical-server"}',
      profileTypeId: 'wall:cpu:nanoseconds:wall:nanoseconds',
      spanSelector: ['ace3462a67e87e48'],
    });
  });

  test('to the profile of its service, in a range wide enough for a profile', () => {
    const link = open('tempo: CPU profile of the service', insert);
    assert.equal(link?.to, 'pyroscope');
    assert.equal(link.query.labelSelector, '{service_name="mythical-server"}');
    assert.deepEqual(link.range, { from: 1795247700000, to: 1795247799999 });
  });

  test('profiles are of the type that the services push, everywhere', () => {
    const span = withTags({ key: 'pyroscope.profile.id', value: 'ace3462a67e87e48' });
    const types = correlations
      .filter(({ to }) => to === 'pyroscope')
      .map(({ on, open }) => open(on === 'lines' ? line : span)?.query.profileTypeId);
    assert.equal(types.length, 3);
    assert.deepEqual(new Set(types), new Set(['wall:cpu:nanoseconds:wall:nanoseconds']));
  });
});

describe('from a span to Postgres', () => {
  const BEASTS = 'tempo: Beasts of this kind, when the span ended';
  const RECORD = 'tempo: What the recorder wrote';

  test('the statement is ours, with values of the span as literals', () => {
    assert.equal(
      open(BEASTS, insert)?.query.rawSql,
      "select created_at, kind, name, id, created_at >= to_timestamp(('1795247738045'::numeric - 10) / 1000)" +
        " as in_the_time_of_the_span from beasts where kind = 'manticore'" +
        " and created_at <= to_timestamp(('1795247738045'::numeric + '0.694822'::numeric + 10) / 1000)" +
        ' order by created_at desc limit 20',
    );
  });

  for (const key of ['messaging.message_id', 'messaging.message.id']) {
    test(`the row of a message, by ${key}`, () => {
      assert.equal(
        open(RECORD, withTags({ key, value: '348d6981-18dc-4089-a1e4-275aa9391f44' }))?.query.rawSql,
        "select recorded_at, kind, action, message_id from records where message_id = '348d6981-18dc-4089-a1e4-275aa9391f44'",
      );
    });
  }

  test('neither the order of key and value in an attribute matters, nor which word it is', () => {
    const { transformations } = dataSources.get('tempo')!.correlations![0]!.config;
    for (const key of ENDPOINT_TYPES.map((type) => vocabularyOf(type).tag)) {
      for (const tags of [[{ key, value: 'owlbear' }], [{ value: 'owlbear', key }]]) {
        assert.equal(transform(transformations, { tags }).kind, 'owlbear');
      }
    }
  });

  for (const hostile of [
    "x'; drop table beasts; --",
    "x''",
    'x\\',
    '$1',
    '${spanStart}',
    'a b',
    '"',
    'unicorn\n',
    '{}',
    '',
  ]) {
    test(`no link for a beast called ${JSON.stringify(hostile)}`, () => {
      assert.equal(open(BEASTS, withTags({ key: 'beast', value: hostile })), undefined);
      assert.equal(open(RECORD, withTags({ key: 'messaging.message_id', value: hostile })), undefined);
    });
  }

  test('an attribute cannot pass for another one', () => {
    const forged = { key: 'user_agent.original', value: '{"key":"beast","value":"forged"}' };
    assert.equal(open(BEASTS, withTags(forged)), undefined);
    assert.match(String(open(BEASTS, withTags({ key: 'beast', value: 'unicorn' }, forged))?.query.rawSql), /'unicorn'/);
  });

  test('nothing of a span gets into a statement except as a literal', () => {
    for (const { config, ...correlation } of dataSources.get('tempo')!.correlations!) {
      if (correlation.type !== 'query' || correlation.targetUID !== 'postgres') continue;
      const variables = String(config.target.rawSql).match(/\$[^ ]*?\}/g)!;
      assert.ok(variables.length > 0);
      for (const variable of variables) assert.match(variable, /^\$\{\w+:sqlstring\}$/);
    }
  });
});

describe('variables', () => {
  test('of the environment have one dollar sign, those of Grafana two', () => {
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

  test('come out of a line of logfmt', () => {
    const variables = transform([{ type: 'logfmt', field: 'Line' }], {
      Line: 'level=info msg="say \\"hi\\"" empty= a.b=c',
    });
    assert.deepEqual(variables, { level: 'info', msg: 'say "hi"', empty: '', 'a.b': 'c' });
  });

  test('of intervals are as long as Grafana makes them', () => {
    assert.equal(fillInIntervals('x[$__rate_interval] y[$__range]', 3_600_000, 5_000, 5_000), 'x[20s] y[3600s]');
    assert.equal(fillInIntervals('x[$__rate_interval]', 86_400_000, 60_000, 5_000), 'x[65s]');
  });

  test('of time shifts may be negative', () => {
    assert.deepEqual(['-1m', '15s', '2h', '100ms'].map(milliseconds), [-60_000, 15_000, 7_200_000, 100]);
    assert.throws(() => milliseconds('soon'), /no duration/);
  });
});

describe("Tempo's traces", () => {
  const trace = (ids: { traceId: string; root: string; child: string }) => [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mythical-requester' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: ids.traceId,
              spanId: ids.child,
              parentSpanId: ids.root,
              name: 'POST',
              startTimeUnixNano: '1795247738042000000',
              endTimeUnixNano: '1795247738047500039',
              attributes: [
                { key: 'http.status_code', value: { intValue: '201' } },
                { key: 'ok', value: { boolValue: false } },
              ],
            },
            {
              traceId: ids.traceId,
              spanId: ids.root,
              name: 'request manticore',
              startTimeUnixNano: '1795247738040000000',
              endTimeUnixNano: '1795247738049102781',
            },
          ],
        },
      ],
    },
  ];
  const base64 = { traceId: 'UfVIgAfEKJLaJMcYYi87fw==', root: 'DvxMzR8Dup8=', child: 'AWrspZ8QXWw=' };
  const hex = { traceId: TRACE, root: '0efc4ccd1f03ba9f', child: '016aeca59f105d6c' };

  for (const [what, answer] of [
    ['of version 2', { trace: { resourceSpans: trace(base64) } }],
    ['of version 1', { batches: trace(base64) }],
    ['with hexadecimal ids', { batches: trace(hex) }],
  ] as const) {
    test(`${what} become rows`, () => {
      const [child, root] = spansOf(answer);
      assert.equal(child?.traceID, TRACE);
      assert.equal(child.spanID, '016aeca59f105d6c');
      assert.equal(child.serviceName, 'mythical-requester');
      // Nanoseconds don't fit into a number exactly; Grafana rounds in the same way.
      assert.ok(Math.abs(child.startTime - 1795247738042) < 0.001);
      assert.equal(child.duration, 5.500039);
      assert.deepEqual(child.tags, [
        { key: 'http.status_code', value: 201 },
        { key: 'ok', value: false },
      ]);
      assert.equal(child.trace.traceId, TRACE);
      assert.equal(child.trace.name, 'request manticore');
      assert.equal(root?.spanID, '0efc4ccd1f03ba9f');
    });
  }

  test('that are empty have no rows', () => {
    assert.deepEqual(spansOf({}), []);
  });
});

// Names of links are Grafana's, and whether they are buttons depends on how many there are.
describe('what texts say of the links of a span', () => {
  const tempo = dataSources.get('tempo')!;
  const names = [...linksOfEverySpan(tempo), ...linksOfSomeSpans(tempo)];
  const root = path.join(import.meta.dirname, '../../..');
  const texts: [string, string][] = [
    ...['README.md', 'docs/runbooks.md', 'docs/dashboards.md'].map((file): [string, string] => [
      file,
      readFileSync(path.join(root, file), 'utf8'),
    ]),
    ...[...readDashboards()].map(([name, dashboard]): [string, string] => [
      `the dashboard ${name}`,
      panelsOf(dashboard)
        .flatMap(({ description = '', options }) => [description, String(options?.content ?? '')])
        .join('\n\n'),
    ]),
  ];
  /** Paragraphs and points of lists. */
  const parts = texts.flatMap(([where, text]) =>
    text.split(/\n\s*\n|\n(?=\d+\. |[-|] )/).map((part) => ({ where, part: part.replace(/\s*\n\s*/g, ' ') })),
  );
  const emphasized = (part: string) => [...part.matchAll(/(\*\*?)(?=\S)([^*]+)\1/g)].map(([, , words]) => words!);

  test('every span has too many for buttons: they are entries of one menu', () => {
    assert.ok(linksOfEverySpan(tempo).length > MAX_BUTTONS);
  });

  test('a link that is named is named as Grafana does, and so is the menu', () => {
    const naming = parts.filter(({ part }) => emphasized(part).some((words) => names.includes(words)));
    assert.ok(naming.length >= 6, `${naming.length}`);
    for (const { where, part } of naming) assert.ok(emphasized(part).includes(MENU), `${where}: ${part}`);
    for (const { where, part } of parts) {
      for (const words of emphasized(part)) {
        if (/^(Logs|Profiles?|Metrics)( (for|of) .*)$/.test(words))
          assert.ok(names.includes(words), `${where}: ${words}`);
      }
    }
  });

  test('no text sends somebody to a button of a span that is not there', () => {
    for (const { where, part } of parts) {
      for (const [, words] of part.matchAll(/\bbuttons? \*+([^*]+)\*+/gi))
        assert.equal(words, MENU, `${where}: ${part}`);
      assert.ok(!emphasized(part).some((words) => /^(Logs|Profile)$/.test(words)), `${where}: ${part}`);
    }
  });
});
