import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildGraph } from '../alloy/graph.ts';
import { explain } from '../command/explain.ts';
import { checkForm } from './form.ts';

function form(text: string, file = 'config.alloy') {
  return checkForm(file, text, buildGraph({ file, text })).map(
    (finding) => `${finding.at?.line} ${finding.code}: ${explain(finding)}`,
  );
}

const WRITE = 'prometheus.remote_write "mimir" {\n}\n';

describe('names', () => {
  const cases: [why: string, text: string, problems: string[]][] = [
    [
      'nothing is wrong',
      `prometheus.scrape "a" {\n  forward_to = [prometheus.remote_write.mimir.receiver]\n}\n${WRITE}`,
      [],
    ],
    [
      'a component that does not exist',
      'prometheus.scape "a" {\n}\n',
      ['1 unknown-component: there is no component prometheus.scape. Did you mean prometheus.scrape?'],
    ],
    [
      'a reference that does not exist',
      `prometheus.scrape "a" {\n  forward_to = [prometheus.remote_write.mimr.receiver]\n}\n${WRITE}`,
      [
        '2 unknown-reference: prometheus.remote_write.mimr.receiver refers to nothing in this file. Did you mean prometheus.remote_write.mimir.receiver?',
      ],
    ],
    [
      'a field that is not exported',
      `prometheus.scrape "a" {\n  forward_to = [prometheus.remote_write.mimir.reciever]\n}\n${WRITE}`,
      ['2 unknown-field: prometheus.remote_write.mimir has no export reciever. Did you mean receiver?'],
    ],
    [
      'the component instead of its export',
      `prometheus.scrape "a" {\n  forward_to = [prometheus.remote_write.mimir]\n}\n${WRITE}`,
      [
        '2 missing-field: prometheus.remote_write.mimir is a component; reference its export prometheus.remote_write.mimir.receiver',
      ],
    ],
    ['no label', 'loki.echo {\n}\n', ['1 missing-label: loki.echo needs a label: loki.echo "default" { … }']],
    ['an unwanted label', 'logging "x" {\n}\n', ["1 needless-label: logging can't have a label"]],
    ['a duplicate', `${WRITE}${WRITE}`, ['3 duplicate: prometheus.remote_write "mimir" already exists, on line 1']],
    [
      'a function that does not exist',
      'loki.write "a" {\n  endpoint {\n    url = sys.evn("X")\n  }\n}\n',
      ['3 unknown-function: there is no function sys.evn. Did you mean sys.env?'],
    ],
    [
      'an attribute outside of blocks',
      'level = "info"\n',
      ['1 attribute-outside: the attribute level is outside of any block'],
    ],
    [
      'a receiver of another signal',
      `loki.process "a" {\n  forward_to = [prometheus.remote_write.mimir.receiver]\n}\n${WRITE}`,
      [
        "2 wrong-type: loki.process.a can't use prometheus.remote_write.mimir in forward_to, which needs a LogsReceiver",
      ],
    ],
    [
      'a duration without quotes',
      'prometheus.scrape "a" {\n  scrape_interval = 5s\n}\n',
      ['2 unexpected: expected the end of the line, but found s; a duration needs double quotes'],
    ],
    [
      'a receiver that is not in a list',
      `prometheus.scrape "a" {\n  forward_to = prometheus.remote_write.mimir.receiver\n}\n${WRITE}`,
      ['2 not-a-list: forward_to of prometheus.scrape.a is a list: write it in brackets, […]'],
    ],
    [
      'a histogram without buckets',
      'otelcol.connector.spanmetrics "a" {\n  histogram {\n    unit = "s"\n  }\n  output { }\n}\n',
      [
        '2 missing-block: histogram of otelcol.connector.spanmetrics.a needs a block explicit or exponential, even if it is empty',
      ],
    ],
    [
      'a circle',
      'loki.process "a" {\n  forward_to = [loki.process.b.receiver]\n}\nloki.process "b" {\n  forward_to = [loki.process.a.receiver]\n}\n',
      ['5 cycle: these components reference each other in a cycle: loki.process.a → loki.process.b → loki.process.a'],
    ],
  ];
  for (const [why, text, problems] of cases) test(why, () => assert.deepEqual(form(text), problems));
});

describe('modules', () => {
  test('a module’s declaration is a component, and its export is passed through', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'workshop-'));
    const file = path.join(folder, 'config.alloy');
    writeFileSync(
      path.join(folder, 'm.alloy'),
      'declare "sink" {\n  export "receiver" {\n    value = loki.echo.x.receiver\n  }\n  loki.echo "x" { }\n}\n',
    );
    const text =
      'import.file "m" {\n  filename = file.path_join(module_path, "m.alloy")\n}\nm.sink "d" { }\nloki.process "p" {\n  forward_to = [m.sink.d.receiver]\n}\n';
    assert.deepEqual(form(text, file), []);
    const graph = buildGraph({ file, text });
    assert.deepEqual(
      graph.edges.map(({ from, to }) => [from, to]),
      [['loki.process.p', 'm.sink.d/loki.echo.x']],
    );
    rmSync(folder, { recursive: true });
  });

  test('nothing can be told about a module that cannot be read', () => {
    const text = 'import.git "m" {\n  repository = "r"\n  path = "p"\n}\nm.sink "d" { }\n';
    const findings = checkForm('c.alloy', text, buildGraph({ file: 'c.alloy', text }));
    assert.deepEqual(
      findings.map(({ verdict, code }) => [verdict, code]),
      [['unknown', 'unreadable-module']],
    );
  });
});
