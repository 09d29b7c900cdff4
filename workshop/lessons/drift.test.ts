import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { buildGraph, type Graph } from '../alloy/graph.ts';
import { ALLOY_ENVIRONMENT } from './common.ts';
import { lessonsWith } from './edits.ts';
import { fileOf, textOf } from './files.ts';

// The course and the product must not drift apart: the lessons teach what the sandbox's own configuration does.

const ROOT = path.join(import.meta.dirname, '../..');
const PRODUCT = path.join(ROOT, 'alloy/config.alloy');

/** Connections that only the lessons have, and why. */
const ONLY_IN_LESSONS: Record<string, string> = {
  'otelcol.connector.spanmetrics -metrics→ otelcol.exporter.prometheus':
    'the sandbox renames the metrics to Tempo’s names with a transform in between, which a first lesson does not need',
  'otelcol.processor.memory_limiter -logs→ otelcol.processor.batch':
    'the sandbox gives log records the labels of pushed lines in between',
  'otelcol.exporter.prometheus -metrics→ prometheus.remote_write': 'the sandbox adds service_name to OTLP metrics here',
  'otelcol.receiver.otlp -traces→ otelcol.processor.batch': 'lessons on other topics leave out the memory limiter',
  'otelcol.receiver.otlp -traces→ otelcol.connector.spanlogs': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.connector.spanmetrics': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.connector.servicegraph': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.processor.tail_sampling': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.processor.attributes': 'redaction is only in a lesson',
  'otelcol.processor.attributes -traces→ otelcol.processor.transform': 'redaction is only in a lesson',
  'otelcol.processor.transform -traces→ otelcol.processor.batch': 'redaction is only in a lesson',
  'faro.receiver -traces→ otelcol.processor.batch': 'the sandbox uses its memory limiter here',
  'loki.source.docker -logs→ loki.write': 'the sandbox parses its services’ lines here',
  'loki.source.api -logs→ loki.write': 'the lesson on outages does not change lines',
};

/** Pipelines that can be switched on in the sandbox, as described in config.alloy. */
const READY = ['spans.metrics.default.input', 'spans.service_graph.default.input'];

function connections(graph: Graph): Set<string> {
  const kindOf = (id: string) => graph.nodes.get(id)!.kind;
  return new Set(graph.edges.map(({ from, to, signal }) => `${kindOf(from)} -${signal}→ ${kindOf(to)}`));
}

const product = () => {
  const text = readFileSync(PRODUCT, 'utf8');
  const switched = READY.reduce((text, name) => text.replace(`// ${name},`, `${name},`), text);
  assert.notEqual(switched, text);
  return buildGraph({ file: PRODUCT, text: switched, env: ALLOY_ENVIRONMENT });
};

const taught = lessonsWith('config.alloy').map((lesson) => ({
  lesson,
  text: textOf(lesson, 'solution'),
  graph: buildGraph({ file: fileOf(lesson, 'solution'), text: textOf(lesson, 'solution'), env: ALLOY_ENVIRONMENT }),
}));

test('every connection of a solution is in the sandbox, or listed', () => {
  const ours = connections(product());
  const listed = new Set(Object.keys(ONLY_IN_LESSONS));
  for (const { lesson, graph } of taught) {
    const unknown = [...connections(graph)].filter((connection) => !ours.has(connection) && !listed.has(connection));
    assert.deepEqual(unknown, [], `lesson ${lesson.name}`);
  }
});

test('listed connections are in lessons, and not in the sandbox', () => {
  const ours = connections(product());
  const inLessons = new Set(taught.flatMap(({ graph }) => [...connections(graph)]));
  for (const connection of Object.keys(ONLY_IN_LESSONS)) {
    assert.ok(inLessons.has(connection), `${connection} is not in any solution`);
    assert.ok(!ours.has(connection), `the sandbox now has ${connection}`);
  }
});

test('every address in a solution is in the sandbox', () => {
  const folder = path.join(ROOT, 'alloy');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(alloy|json)$/.test(name),
  );
  const sandbox = files.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n');
  const addresses = new Set(taught.flatMap(({ text }) => text.match(/[\w.-]+:\d{4,5}\b|com\.docker[\w.]+/g) ?? []));
  assert.ok(addresses.size > 8);
  for (const address of addresses) {
    if (address.startsWith('localhost:3001') || address.startsWith('127.0.0.1:3001')) continue;
    assert.ok(sandbox.includes(address), `${address} is not in alloy/`);
  }
});

test('the environment that the checker assumes matches Alloy’s in the Compose files', () => {
  const compose = ['docker-compose.yml', 'workshop/compose.yml']
    .map((name) => readFileSync(path.join(ROOT, name), 'utf8'))
    .join('\n');
  const missing = Object.keys(ALLOY_ENVIRONMENT).filter((name) => !new RegExp(`^ +${name}: `, 'm').test(compose));
  assert.deepEqual(missing, []);
});
