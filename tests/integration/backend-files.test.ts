import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { parse } from 'yaml';
import { read, root } from '../support/project.ts';

// Compares the files of Alloy and of the backends with source/common, and with each other.

describe('alloy', () => {
  const modules = readdirSync(path.join(root, 'alloy/modules')).map((file) => read(`alloy/modules/${file}`));

  for (const { name, port } of Object.values(SERVICES)) {
    test(`scrapes metrics and profiles of ${name} on its port`, () => {
      const targets = modules.flatMap(
        (module) => module.match(new RegExp(`"__address__" = "${name}:\\d+", .*`, 'g')) ?? [],
      );
      assert.equal(targets.length, 2);
      for (const target of targets) {
        assert.ok(target.includes(`"${name}:${port}"`), target);
        assert.ok(target.includes(`"service_name" = "${name}"`), target);
      }
    });
  }

  test('encodes passwords in URLs', () => {
    const passwords = modules.flatMap((module) => module.match(/.{0,20}sys\.env\("\w*PASSWORD\w*"\)/g) ?? []);
    assert.ok(passwords.length > 0);
    for (const password of passwords) assert.match(password, /encoding\.url_encode\(sys/);
  });

  test('writes span logs as the dashboards of grafana/intro-to-mltp expect them: {job="alloy"} | logfmt | status="Error"', () => {
    const spans = read('alloy/modules/spans.alloy');
    assert.match(spans, /stage\.static_labels \{\s+values = \{"job" = "alloy"/);
    // The name that the component uses.
    assert.doesNotMatch(spans, /status_key/);
  });

  test('shapes logs received over OTLP as the collector does', () => {
    const statements = (text: string) =>
      [...text.matchAll(/\b(?:set|\w+_keys?)\((?:log|resource)\..*$/gm)].map(([line]) =>
        line.replaceAll('$$', '$').replace(/`,$/, ''),
      );
    const [, logs] = /\n {2}transform\/logs:\n([\s\S]*?)\n\n/.exec(read('otel/otel.yml'))!;
    const alloy = statements(read('alloy/modules/destinations.alloy'));
    assert.ok(alloy.length >= 7, String(alloy.length));
    assert.deepEqual(alloy, statements(logs!));
  });

  test('uses every module, and no others', () => {
    const config = read('alloy/config.alloy') + read('alloy/kubernetes.alloy');
    const imported = [...config.matchAll(/"modules\/(\w+\.alloy)"/g)].map(([, file]) => file);
    assert.deepEqual([...new Set(imported)].toSorted(), readdirSync(path.join(root, 'alloy/modules')).toSorted());
  });
});

describe('the folders of a backend', () => {
  for (const file of ['mimir/mimir.yml', 'loki/loki.yaml', 'tempo/tempo.yaml', 'pyroscope/pyroscope.yaml']) {
    // Mimir takes /data/a for a parent of /data/ab/c, and refuses to start. A folder inside another one is intended.
    test(`${file}: no name is a prefix of another`, () => {
      const folders = foldersIn(parse(read(file)));
      assert.ok(folders.length > 1);
      for (const one of folders) {
        for (const other of folders) {
          if (!other.startsWith(`${one}/`)) assert.ok(one === other || !other.startsWith(one), `${one} and ${other}`);
        }
      }
    });
  }
});

describe('a single process of a backend', () => {
  const [mimir, loki, pyroscope] = ['mimir/mimir.yml', 'loki/loki.yaml', 'pyroscope/pyroscope.yaml'].map((file) =>
    parse(read(file)),
  );

  test('is ready without waiting for others', () => {
    assert.equal(loki.ingester.lifecycler.min_ready_duration, '0s');
    assert.equal(loki.pattern_ingester.lifecycler.min_ready_duration, '0s');
    assert.equal(loki.frontend.scheduler_dns_lookup_period, '1s');
    assert.equal(pyroscope.segment_writer.lifecycler.min_ready_duration, '0s');
  });

  test('has no other that could take over if a write takes long', () => {
    assert.equal(pyroscope.metastore.raft.log_store_timeout, '0s');
  });

  test('gets what waits for it soon after a restart', () => {
    assert.equal(mimir.distributor.retry_after_header.max_backoff, '5s');
  });
});

/** All values in a configuration that are absolute paths. */
function foldersIn(node: unknown): string[] {
  if (typeof node === 'string') return node.startsWith('/') ? [node] : [];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(foldersIn) : [];
}
