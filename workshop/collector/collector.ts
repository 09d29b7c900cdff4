import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Node as YamlNode } from 'yaml';
import type { Environment, Value } from '../alloy/evaluate.ts';
import type { Edge, Graph, Node, Place, Settings, Signal } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import type { Finding } from '../check/finding.ts';

// A configuration of the OpenTelemetry Collector as the same kind of graph that Alloy's makes, so that lessons on either are
// checked by the same requirements. Kinds are `receivers.otlp`, `processors.batch`, `exporters.otlp`, `connectors.spanmetrics`.

const SECTIONS = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'] as const;
const TOP = [...SECTIONS, 'service'];

/** Newer releases write some types with underscores; both names stay valid. */
const ALIASES: Record<string, string> = {
  otlp_grpc: 'otlp',
  otlp_http: 'otlphttp',
  prometheus_remote_write: 'prometheusremotewrite',
  span_metrics: 'spanmetrics',
  service_graph: 'servicegraph',
};

type Defined = { name: string; section: string; kind: string; at: Place; body: unknown };
type Fail = (code: string, at: Place, args: Finding['args']) => void;

export function readCollector(file: string, text: string, env: Environment): { graph: Graph; findings: Finding[] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const graph: Graph = { nodes: new Map(), edges: [], opaque: [] };
  const findings: Finding[] = [];
  const fail: Fail = (code, at, args) => findings.push({ layer: 'form', verdict: 'failed', code, at, args });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { offset, line, column: col, file };
  };
  const placeOf = (node: unknown): Place => place((node as YamlNode | undefined)?.range?.[0] ?? 0);

  for (const { message, pos } of document.errors) fail('yaml', place(pos[0]), { reason: message.split('\n')[0]! });
  if (findings.length > 0) return { graph, findings };

  const defined = definitions(document.contents);
  const used = new Set<string>();
  for (const [name, pipeline, at] of pairs(child(child(document.contents, 'service'), 'pipelines'))) {
    connectPipeline(name, pipeline, at);
  }
  for (const { name, section, at } of defined.values()) {
    if (section === 'extensions' || used.has(`${section} ${name}`)) continue;
    findings.push({ layer: 'form', verdict: 'failed', code: 'unused-part', at, args: { name } });
  }
  return { graph, findings };

  function definitions(contents: unknown): Map<string, Defined> {
    const found = new Map<string, Defined>();
    for (const [section, body, at] of pairs(contents)) {
      if (!TOP.includes(section))
        fail('unknown-component', at, { name: section, suggestion: closest(section, TOP) ?? '' });
      if (!(SECTIONS as readonly string[]).includes(section)) continue;
      for (const [name, component, at] of pairs(body)) {
        const type = name.split('/')[0]!;
        found.set(`${section} ${name}`, {
          name,
          section,
          kind: `${section}.${ALIASES[type] ?? type}`,
          at,
          body: component,
        });
      }
    }
    return found;
  }

  function connectPipeline(name: string, pipeline: unknown, at: Place): void {
    const signal = name.split('/')[0] as Signal;
    const receivers = nodesOf('receivers', child(pipeline, 'receivers'), name, at);
    const exporters = nodesOf('exporters', child(pipeline, 'exporters'), name, at);
    const stages = [
      receivers,
      ...nodesOf('processors', child(pipeline, 'processors'), name, at).map((node) => [node]),
      exporters,
    ];
    for (const [index, stage] of stages.slice(1).entries()) {
      for (const { id: from } of stages[index]!) {
        for (const { id: to, listed } of stage) {
          graph.edges.push({ from, to, attribute: name, owner: from, at: listed, signal } satisfies Edge);
        }
      }
    }
  }

  function nodesOf(section: string, list: unknown, pipeline: string, at: Place): { id: string; listed: Place }[] {
    const items = isSeq(list) ? list.items : [];
    return items.flatMap((item) => {
      const name = String(isScalar(item) ? item.value : item);
      const part = defined.get(`${section} ${name}`) ?? defined.get(`connectors ${name}`);
      if (!part) {
        const candidates = [...defined.values()].filter((other) => [section, 'connectors'].includes(other.section));
        const suggestion =
          closest(
            name,
            candidates.map(({ name }) => name),
          ) ?? '';
        fail('unknown-reference', placeOf(item), { name, suggestion });
        return [];
      }
      used.add(`${part.section} ${name}`);
      // A processor is another one in each pipeline; receivers, exporters and connectors are shared.
      const id = section === 'processors' ? `${pipeline}: ${name}` : `${part.section}.${name}`;
      if (!graph.nodes.has(id)) graph.nodes.set(id, toNode(id, part, at));
      return [{ id, listed: placeOf(item) }];
    });
  }

  function toNode(id: string, { kind, at, body }: Defined, pipeline: Place): Node {
    const values = (path: string) => valuesAt(body, path.split('/'));
    return {
      ...{ id, kind, at, file, body: [], out: pipeline, settings: toSettings(kind, at, body) },
      values,
      items: values,
    };
  }

  function toSettings(name: string, at: Place, body: unknown): Settings {
    return {
      ...{ name, at },
      value: (key) => valuesAt(body, [key])[0]?.value,
      placeOf: (key) => valuesAt(body, [key])[0]?.at ?? at,
      blocks: pairs(body).flatMap(([key, value, at]) => (isMap(value) ? [toSettings(key, at, value)] : [])),
    };
  }

  /** Through maps, and through all items of lists. */
  function valuesAt(node: unknown, path: string[]): { value: Value; at: Place }[] {
    if (isSeq(node) && path.length > 0) return node.items.flatMap((item) => valuesAt(item, path));
    const [key, ...rest] = path;
    if (key !== undefined) return pairs(node).flatMap(([name, value]) => (name === key ? valuesAt(value, rest) : []));
    const value = (node as YamlNode | null)?.toJS(document) ?? null;
    return [{ value: substitute(value, env), at: placeOf(node) }];
  }

  function pairs(node: unknown): [key: string, value: unknown, at: Place][] {
    const resolved = resolve(node);
    if (!isMap(resolved)) return [];
    return resolved.items.map(({ key, value }) => [
      String(isScalar(key) ? key.value : key),
      resolve(value),
      placeOf(key),
    ]);
  }

  function child(node: unknown, key: string): unknown {
    return pairs(node).find(([name]) => name === key)?.[1];
  }

  function resolve(node: unknown): unknown {
    return node && typeof node === 'object' && 'source' in node && 'resolve' in node
      ? (node as { resolve(document: unknown): unknown }).resolve(document)
      : node;
  }
}

/** `${env:NAME}` and `${env:NAME:-preset}`. */
function substitute(value: unknown, env: Environment): Value {
  if (Array.isArray(value)) return value.map((item) => substitute(item, env));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substitute(item, env)]));
  }
  if (typeof value !== 'string') return value as Value;
  return value.replace(/\$\{env:(\w+)(?::-([^}]*))?\}/g, (_, name, preset) => env[name] ?? preset ?? '');
}
