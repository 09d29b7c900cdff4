import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SERVICES, TELEMETRY_PORTS } from '@mythical/common/services';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { parse } from 'yaml';
import { readDashboards } from '../../grafana/model/dashboards/read.ts';
import { OTEL_FILES, readConfiguration } from '../support/otel-collector.ts';
import { read, root } from '../support/project.ts';

// Compares otel/ with source/common, with Alloy's configuration, and with the page that describes both.

const otel = readConfiguration('otel.yml');
const overlay = parse(read('otel/compose.yml'), { logLevel: 'error' });
const alloy = ['metrics', 'spans', 'otlp', 'frontend']
  .map((module) => read(`alloy/modules/${module}.alloy`))
  .join('\n');

// biome-ignore lint/suspicious/noExplicitAny: each part of a configuration has a different shape
const part = (component: unknown): any => component;

describe('otel.yml', () => {
  type Scrape = {
    job_name: string;
    static_configs?: { targets: string[]; labels: { job: string; service_name: string; group: string } }[];
    metric_relabel_configs?: { regex: string; action: string }[];
  };
  const scrapes = part(otel.receivers?.prometheus).config.scrape_configs as Scrape[];
  const targets = scrapes.flatMap(({ static_configs = [] }) =>
    static_configs.flatMap(({ targets, labels }) => targets.map((address) => ({ address, ...labels }))),
  );

  for (const { name, port } of Object.values(SERVICES)) {
    test(`scrapes ${name} on its port`, () => {
      assert.deepEqual(
        targets.filter(({ address }) => address.startsWith(`${name}:`)),
        [{ address: `${name}:${port}`, job: name, service_name: name, group: 'mythical' }],
      );
    });
  }

  test('scrapes all of Alloy’s targets, with the same labels', () => {
    const own = { 'alloy:12345': 'otel-collector:8888', '127.0.0.1:12345': '127.0.0.1:8888', alloy: 'otel-collector' };
    const rename = (text: string) => own[text as keyof typeof own] ?? text;
    const scraped = [...alloy.matchAll(/\{("__address__" = .*?)\}/g)].map(([, labels = '']) =>
      Object.fromEntries(
        [...labels.matchAll(/"(\w+)" = "([^"]*)"/g)].map(([, label, value = '']) => [
          label === '__address__' ? 'address' : label,
          rename(value),
        ]),
      ),
    );
    assert.ok(scraped.length >= 11);
    // The three Mimirs belong to docker-compose-scale.yml, which runs with Alloy.
    const single = scraped.filter(({ address = '' }) => !/^mimir-\d:/.test(address));
    const inOrder = (some: object[]) =>
      some.map((one) => JSON.stringify(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))).toSorted();
    // Alloy's Postgres exporter has no address.
    const others = targets.filter(({ job }) => job !== 'postgres');
    assert.deepEqual(inOrder(others), inOrder(single));
    for (const [, job] of alloy.matchAll(/target_label = "job"\s+replacement {2}= "([\w-]+)(?:\$1)?"/g)) {
      assert.ok(['postgres', 'node', 'containers', 'beyla-mythical-'].includes(job as string), job);
    }
  });

  test('adds the labels of a scrape target to OTLP metrics of the application, as Alloy does', () => {
    const names = Object.values(SERVICES).map(({ name }) => name.replace('mythical-', ''));
    const inAnyOrder = (text = '') => text.split('|').toSorted();
    const [, collector] = /"group"\], "mythical"\) where IsMatch\(.*, "\^mythical-\((.*)\)\$\$"\)/.exec(
      read('otel/otel.yml'),
    )!;
    assert.deepEqual(inAnyOrder(collector), names.toSorted());
    const rules = [
      ...read('alloy/modules/destinations.alloy').matchAll(/mythical-\(\?:(.*?)\).*"\s+target_label {2}= "(\w+)"/g),
    ];
    assert.deepEqual(
      rules.map(([, , label]) => label),
      ['group', 'job'],
    );
    for (const [, services] of rules) assert.deepEqual(inAnyOrder(services), names.toSorted());
  });

  test('drops the series that Alloy drops', () => {
    const [, regex] = /regex +=[^"]*"(go_\(gc_[^"]*)"/.exec(alloy) ?? [];
    assert.ok(regex);
    const stack = scrapes.find(({ job_name }) => job_name === 'stack');
    assert.equal(stack?.metric_relabel_configs?.[0]?.regex, `target_info|${regex}`);
  });

  test('drops the labels that Alloy drops from Beyla’s metrics', () => {
    const [, regex] = /prometheus\.relabel "beyla" \{.*?regex\s+= "([^"]*)"\s+action = "labeldrop"/s.exec(alloy) ?? [];
    assert.ok(regex);
    const beyla = scrapes.find(({ job_name }) => job_name === 'beyla');
    assert.deepEqual(beyla?.metric_relabel_configs, [{ regex, action: 'labeldrop' }]);
  });

  // Read inside a container, it is that container's network, and no dashboard should call it the host's.
  test('leaves out host network metrics, as Alloy does', () => {
    const { scrapers } = part(readConfiguration('host.yml').receivers?.host_metrics);
    const [, collectors] = /set_collectors = (\[.*\])/.exec(alloy) ?? [];
    assert.ok(JSON.parse(collectors ?? '').includes('cpu') && 'cpu' in scrapers);
    assert.ok(!JSON.parse(collectors!).includes('netdev') && !('network' in scrapers));
    for (const [name, dashboard] of readDashboards()) {
      assert.doesNotMatch(JSON.stringify(dashboard), /node_network_/, name);
    }
  });

  test('listens on the ports in the code and in docker-compose.yml', () => {
    const { grpc, http } = part(otel.receivers?.otlp).protocols;
    assert.equal(grpc.endpoint, `0.0.0.0:${TELEMETRY_PORTS.otlpGrpc}`);
    assert.equal(http.endpoint, `0.0.0.0:${TELEMETRY_PORTS.otlpHttp}`);
    const compose = parse(read('docker-compose.yml'), { merge: true });
    const published = (compose.services.alloy.ports as string[]).map((port) => port.split(':').at(-1));
    const endpoints = [
      otel.extensions?.zpages,
      { endpoint: grpc.endpoint },
      { endpoint: http.endpoint },
      readConfiguration('frontend.yml').receivers?.faro,
    ];
    assert.deepEqual(
      endpoints.map((component) => part(component).endpoint),
      published.map((port) => `0.0.0.0:${port}`),
    );
    const health = overlay.services['otel-collector'].healthcheck.test as string[];
    assert.equal(health.at(-1), `http://${part(otel.extensions?.health_check).endpoint}/`);
  });

  test('generates the same span metrics as Alloy and Tempo, and samples like Alloy', () => {
    const { dimensions, histogram } = part(otel.connectors?.span_metrics);
    const names = dimensions.map(({ name }: { name: string }) => name);
    assert.deepEqual(
      names,
      [...alloy.matchAll(/dimension \{\s+name = "([^"]+)"/g)].map(([, name]) => name),
    );
    const tempo = parse(read('tempo/tempo.yaml')).metrics_generator.processor;
    assert.deepEqual(names, tempo.span_metrics.dimensions);
    for (const type of ENDPOINT_TYPES) assert.ok(names.includes(vocabularyOf(type).tag), `the kind of ${type}`);
    const buckets = JSON.parse(/buckets = (\[.*\])/.exec(alloy)?.[1] ?? '[]');
    assert.deepEqual(histogram.explicit.buckets, buckets);
    assert.deepEqual(
      part(otel.connectors?.service_graph).virtual_node_peer_attributes,
      tempo.service_graphs.peer_attributes,
    );
    const [errors, slow, rest] = part(otel.processors?.tail_sampling).policies;
    assert.deepEqual(errors.status_code.status_codes, ['ERROR']);
    assert.equal(slow.latency.threshold_ms, Number(/threshold_ms = (\d+)/.exec(alloy)?.[1]));
    assert.equal(rest.probabilistic.sampling_percentage, Number(/sampling_percentage = (\d+)/.exec(alloy)?.[1]));
  });

  test('sends to Loki the attributes that loki.yaml turns into labels', () => {
    const { resource_attributes, log_attributes } = parse(read('loki/loki.yaml')).limits_config.otlp_config;
    const labels = [...resource_attributes.attributes_config, ...log_attributes].flatMap(
      ({ attributes }) => attributes as string[],
    );
    const set = OTEL_FILES.map((file) => read(`otel/${file}`)).join('\n');
    for (const label of labels) {
      // The sender of the record sets these two.
      if (label === 'beast' || label === 'kind') continue;
      assert.match(set, new RegExp(`(set|delete_key)\\((resource|log)\\.attributes(\\["|, ")${RegExp.escape(label)}"`));
    }
  });
});

describe('docs/ways-to-run.md', () => {
  const page = read('docs/ways-to-run.md');

  test('names every component type used by the collector here', () => {
    for (const configuration of OTEL_FILES.map(readConfiguration)) {
      for (const kind of ['receivers', 'processors', 'connectors', 'exporters', 'extensions'] as const) {
        for (const name of Object.keys(configuration[kind] ?? {})) {
          const [type] = name.split('/');
          // Readers know it by its page.
          if (type !== 'zpages') assert.ok(page.includes(`\`${kind}.${type}\``), `${kind}.${type}`);
        }
      }
    }
  });

  test('names every component type used by Alloy', () => {
    // There is no cluster variant with the collector.
    const modules = readdirSync(path.join(root, 'alloy/modules')).filter((module) => module !== 'kubernetes.alloy');
    for (const module of modules) {
      for (const [, type] of read(`alloy/modules/${module}`).matchAll(/^\t(\w+(?:\.\w+)+) "\w+" \{$/gm)) {
        // The page lists Loki's stages instead.
        if (type !== 'loki.process' && type !== 'otelcol.exporter.loki') {
          assert.ok(page.includes(`\`${type}\``), `${module}: ${type}`);
        }
      }
    }
  });
});
