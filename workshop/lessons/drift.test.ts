import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { buildGraph, type Graph } from '../alloy/graph.ts';
import { ALLOY_ENVIRONMENT } from './common.ts';
import { fileOf, lessonsWith, textOf } from './edits.ts';

// Course and product must not drift apart: what the lessons teach, the sandbox's own configuration does.

const ROOT = path.join(import.meta.dirname, '../..');
const PRODUCT = path.join(ROOT, 'alloy/config.alloy');

/** What only lessons have, and why. */
const ONLY_IN_LESSONS: Record<string, string> = {
  'otelcol.connector.spanmetrics -metrics→ otelcol.exporter.prometheus':
    'the sandbox gives the metrics the names that Tempo has, by a transform in between: no matter for a first lesson',
  'otelcol.exporter.prometheus -metrics→ prometheus.remote_write':
    'the sandbox adds service_name to metrics from OTLP on this way',
  'otelcol.receiver.otlp -traces→ otelcol.processor.batch': 'lessons about something else leave the memory limiter out',
  'otelcol.receiver.otlp -traces→ otelcol.connector.spanlogs': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.connector.spanmetrics': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.connector.servicegraph': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.processor.tail_sampling': 'the same',
  'otelcol.receiver.otlp -traces→ otelcol.processor.attributes': 'redaction is a lesson only',
  'otelcol.processor.attributes -traces→ otelcol.processor.transform': 'redaction is a lesson only',
  'otelcol.processor.transform -traces→ otelcol.processor.batch': 'redaction is a lesson only',
  'faro.receiver -traces→ otelcol.processor.batch': 'the sandbox sends them through its memory limiter',
  'loki.source.docker -logs→ loki.write': 'the sandbox takes apart lines of its services on this way',
  'loki.source.api -logs→ loki.write': 'the lesson on outages does nothing to a line',
};

/** Pipelines that the sandbox has ready to switch on: config.alloy says how. */
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

test('every connection of a solution is one of the sandbox, or listed', () => {
  const ours = connections(product());
  const listed = new Set(Object.keys(ONLY_IN_LESSONS));
  for (const { lesson, graph } of taught) {
    const unknown = [...connections(graph)].filter((connection) => !ours.has(connection) && !listed.has(connection));
    assert.deepEqual(unknown, [], `lesson ${lesson.name}`);
  }
});

test('what is listed as only in lessons is in lessons, and not in the sandbox', () => {
  const ours = connections(product());
  const inLessons = new Set(taught.flatMap(({ graph }) => [...connections(graph)]));
  for (const connection of Object.keys(ONLY_IN_LESSONS)) {
    assert.ok(inLessons.has(connection), `${connection} is in no solution any more`);
    assert.ok(!ours.has(connection), `the sandbox has ${connection} now`);
  }
});

test('every address of a solution is one of the sandbox', () => {
  const folder = path.join(ROOT, 'alloy');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(alloy|json)$/.test(name),
  );
  const sandbox = files.map((name) => readFileSync(path.join(folder, name), 'utf8')).join('\n');
  const addresses = new Set(taught.flatMap(({ text }) => text.match(/[\w.-]+:\d{4,5}\b|com\.docker[\w.]+/g) ?? []));
  assert.ok(addresses.size > 8);
  for (const address of addresses) {
    if (address.startsWith('localhost:3001') || address.startsWith('127.0.0.1:3001')) continue;
    assert.ok(sandbox.includes(address), `${address} is nowhere in alloy/`);
  }
});

test('the environment that the checker assumes is that of Alloy in the Compose files', () => {
  const compose = ['docker-compose.yml', 'workshop/compose.yml']
    .map((name) => readFileSync(path.join(ROOT, name), 'utf8'))
    .join('\n');
  const missing = Object.keys(ALLOY_ENVIRONMENT).filter((name) => !new RegExp(`^ +${name}: `, 'm').test(compose));
  assert.deepEqual(missing, []);
});
