import {
  type Alias,
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node as YamlNode,
} from 'yaml';
import type { Environment, Value } from '../alloy/evaluate.ts';
import type { Edge, Graph, Node, Place, Settings, Signal } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import type { Finding } from '../check/finding.ts';

// An OpenTelemetry Collector configuration as the same kind of graph that is built for Alloy, so that lessons on either are
// checked with the same requirements. Kinds are `receivers.otlp`, `processors.batch`, `exporters.otlp`, `connectors.spanmetrics`.

const SECTIONS = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'] as const;
const TOP = [...SECTIONS, 'service'];

/** Newer releases write some types with underscores; both names are valid. */
const ALIASES: Record<string, string> = {
  otlp_grpc: 'otlp',
  otlp_http: 'otlphttp',
  prometheus_remote_write: 'prometheusremotewrite',
  span_metrics: 'spanmetrics',
  service_graph: 'servicegraph',
};

type Defined = { name: string; section: string; kind: string; at: Place; body: unknown };

export function readCollector(file: string, text: string, env: Environment): { graph: Graph; findings: Finding[] } {
  return new Reader(file, text, env).read();
}

class Reader {
  graph: Graph = { nodes: new Map(), edges: [], opaque: [] };
  findings: Finding[] = [];
  #file: string;
  #env: Environment;
  #lines = new LineCounter();
  #document: Document;
  #defined = new Map<string, Defined>();
  #used = new Set<string>();

  constructor(file: string, text: string, env: Environment) {
    this.#file = file;
    this.#env = env;
    this.#document = parseDocument(text, { lineCounter: this.#lines });
  }

  read(): { graph: Graph; findings: Finding[] } {
    const { errors, contents } = this.#document;
    for (const { message, pos } of errors)
      this.#fail('yaml', this.#place(pos[0]), { reason: message.split(' at line ')[0]! });
    if (errors.length > 0) return this;
    this.#defined = this.#definitions(contents);
    for (const [name, pipeline, at] of this.#pairs(this.#child(this.#child(contents, 'service'), 'pipelines'))) {
      this.#connectPipeline(name, pipeline, at);
    }
    for (const { name, section, at } of this.#defined.values()) {
      const isUsed = section === 'extensions' || this.#used.has(`${section} ${name}`);
      if (!isUsed) this.#fail('unused-part', at, { name });
    }
    return this;
  }

  #fail(code: string, at: Place, args: Finding['args']): void {
    this.findings.push({ layer: 'form', verdict: 'failed', code, at, args });
  }

  #place(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { offset, line, column: col, file: this.#file };
  }

  #placeOf(node: unknown): Place {
    return this.#place((node as YamlNode | undefined)?.range?.[0] ?? 0);
  }

  #definitions(contents: unknown): Map<string, Defined> {
    const found = new Map<string, Defined>();
    for (const [section, body, at] of this.#pairs(contents)) {
      if (!TOP.includes(section))
        this.#fail('unknown-component', at, { name: section, suggestion: closest(section, TOP) ?? '' });
      if (!(SECTIONS as readonly string[]).includes(section)) continue;
      for (const [name, component, at] of this.#pairs(body)) {
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

  #connectPipeline(name: string, pipeline: unknown, at: Place): void {
    const signal = name.split('/')[0] as Signal;
    const receivers = this.#nodesOf('receivers', this.#child(pipeline, 'receivers'), name, at);
    const exporters = this.#nodesOf('exporters', this.#child(pipeline, 'exporters'), name, at);
    const stages = [
      receivers,
      ...this.#nodesOf('processors', this.#child(pipeline, 'processors'), name, at).map((node) => [node]),
      exporters,
    ];
    for (const [index, stage] of stages.slice(1).entries()) {
      for (const { id: from } of stages[index]!) {
        for (const { id: to, listed } of stage) {
          this.graph.edges.push({ from, to, attribute: name, owner: from, at: listed, signal } satisfies Edge);
        }
      }
    }
  }

  #nodesOf(section: string, list: unknown, pipeline: string, at: Place): { id: string; listed: Place }[] {
    const items = isSeq(list) ? list.items : [];
    const listed = new Set<string>();
    return items.flatMap((item) => {
      const name = String(isScalar(item) ? item.value : item);
      // The Collector uses a part once, even if a pipeline lists it twice.
      if (listed.has(name)) return [];
      listed.add(name);
      const part = this.#defined.get(`${section} ${name}`) ?? this.#defined.get(`connectors ${name}`);
      if (!part) {
        const candidates = [...this.#defined.values()].filter((other) =>
          [section, 'connectors'].includes(other.section),
        );
        const suggestion =
          closest(
            name,
            candidates.map(({ name }) => name),
          ) ?? '';
        this.#fail('unknown-reference', this.#placeOf(item), { name, suggestion });
        return [];
      }
      this.#used.add(`${part.section} ${name}`);
      // A processor has an instance per pipeline; receivers, exporters and connectors are shared.
      const id = section === 'processors' ? `${pipeline}: ${name}` : `${part.section}.${name}`;
      if (!this.graph.nodes.has(id)) this.graph.nodes.set(id, this.#toNode(id, part, at));
      return [{ id, listed: this.#placeOf(item) }];
    });
  }

  #toNode(id: string, { kind, at, body }: Defined, pipeline: Place): Node {
    const values = (path: string) => this.#valuesAt(body, path.split('/'));
    return {
      ...{ id, kind, at, body: [], out: pipeline, settings: this.#toSettings(kind, at, body) },
      values,
      items: values,
    };
  }

  #toSettings(name: string, at: Place, body: unknown): Settings {
    return {
      ...{ name, at },
      value: (key) => this.#valuesAt(body, [key])[0]?.value,
      placeOf: (key) => this.#valuesAt(body, [key])[0]?.at ?? at,
      blocks: this.#pairs(body).flatMap(([key, value, at]) => (isMap(value) ? [this.#toSettings(key, at, value)] : [])),
    };
  }

  /** Through maps, and through all items of lists. */
  #valuesAt(node: unknown, path: string[]): { value: Value; at: Place }[] {
    if (isSeq(node) && path.length > 0) return node.items.flatMap((item) => this.#valuesAt(item, path));
    const [key, ...rest] = path;
    if (key !== undefined)
      return this.#pairs(node).flatMap(([name, value]) => (name === key ? this.#valuesAt(value, rest) : []));
    const value = (node as YamlNode | null)?.toJS(this.#document) ?? null;
    return [{ value: substitute(value, this.#env), at: this.#placeOf(node) }];
  }

  #pairs(node: unknown): [key: string, value: unknown, at: Place][] {
    const resolved = this.#resolve(node);
    if (!isMap(resolved)) return [];
    return resolved.items.map(({ key, value }) => [
      String(isScalar(key) ? key.value : key),
      this.#resolve(value),
      this.#placeOf(key),
    ]);
  }

  #child(node: unknown, key: string): unknown {
    return this.#pairs(node).find(([name]) => name === key)?.[1];
  }

  #resolve(node: unknown): unknown {
    return node && typeof node === 'object' && 'source' in node && 'resolve' in node
      ? (node as Alias).resolve(this.#document)
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
