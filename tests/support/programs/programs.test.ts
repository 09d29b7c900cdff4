import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';

const read = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');
const goMod = read('go.mod');

test('the collector is built from the modules and the version in go.mod', () => {
  const { dist, telemetry, ...parts } = parse(read('collector.yaml'));
  const modules = [telemetry, ...Object.values(parts).flat()].map(({ gomod }) => gomod as string);
  assert.ok(modules.length > 20);
  for (const module of [...modules, `go.opentelemetry.io/collector/otelcol v${dist.version}`])
    assert.ok(goMod.includes(`\t${module}\n`), module);
});

// Loki, Mimir, Tempo, Pyroscope, Grafana and k6 are under the AGPL: no script of this project downloads their sources.
test('no module belongs to an AGPL program', () => {
  const modules = [...goMod.matchAll(/^\t(\S+) v/gm)].map(([, module]) => module as string);
  assert.ok(modules.length > 100);
  assert.deepEqual(
    modules.filter((module) => /grafana|k6/.test(module)),
    // These two are licensed under Apache-2.0 and BSD.
    ['github.com/grafana/faro/pkg/go', 'github.com/grafana/regexp'],
  );
});
