import { readFileSync } from 'node:fs';
import path from 'node:path';
import componentsOfAlloy from './components.json' with { type: 'json' };
import { type Environment, evaluate, isKnown, Ref, refsIn, select, Unknown, type Value } from './evaluate.ts';
import { parse } from './parser.ts';
import { attributesAt, type Block, type Expression, expressionsIn, type Position, type Statement } from './syntax.ts';

/** All components of Alloy v1.18.1, with the fields that each exports and their types, as its reference lists them. */
export const COMPONENTS: Record<string, Record<string, string>> = componentsOfAlloy;

/** Blocks that configure Alloy itself, and are no components. */
export const SETTINGS = ['logging', 'tracing', 'livedebugging', 'http', 'remotecfg'];
export const IMPORTS = ['import.file', 'import.string', 'import.http', 'import.git'];

/** A place in one of the files. */
export type Place = Position & { file: string };

export type Node = {
  /** As in Alloy's API: `prometheus.scrape.alloy`, and `destinations.all.default/loki.write.logs` in a module. */
  id: string;
  kind: string;
  at: Place;
  /** The values of an attribute: `endpoint/url`. */
  values(path: string): { value: Value; at: Place }[];
  /** The items of a list, each with its own place. */
  items(path: string): { value: Value; at: Place }[];
  settings: Settings;
  body: Statement[];
  file: string;
  /** Where its connections stand, when that is not in itself. */
  out?: Place;
};

/** A block with its values, and the blocks in it. */
export type Settings = {
  name: string;
  at: Place;
  value(name: string): Value | undefined;
  placeOf(name: string): Place;
  blocks: Settings[];
};

/** One component hands something to another. */
export type Edge = {
  from: string;
  to: string;
  /** The attribute that connects the two, and the component that has it. */
  attribute: string;
  owner: string;
  at: Place;
  /** What flows. `config`: nothing does; one only needs to know the other. */
  signal: Signal;
};

export type Signal = 'metrics' | 'logs' | 'traces' | 'profiles' | 'targets' | 'config';

export type Graph = {
  nodes: Map<string, Node>;
  edges: Edge[];
  /** Modules that can't be read from here; what they contain is unknown. */
  opaque: { name: string; at: Place }[];
};

type Scope = {
  prefix: string;
  file: string;
  /** The folder of the file, as Alloy sees it in `module_path`. */
  folder: string;
  body: Statement[];
  declares: Map<string, { block: Block; scope: Scope }>;
  imports: Map<string, Scope>;
  arguments: Map<string, () => Value>;
  instances: Map<string, Scope>;
  nodes: Map<string, Node>;
};

export type GraphOptions = {
  file: string;
  text: string;
  env?: Environment;
  /** Reads a module. By default from the disk, below the folder of the file. */
  read?: (file: string) => string;
};

/** The components of a configuration and how they are connected, with modules unfolded. */
export function buildGraph({ file, text, env = {}, read = (file) => readFileSync(file, 'utf8') }: GraphOptions): Graph {
  const graph: Graph = { nodes: new Map(), edges: [], opaque: [] };
  createScope('', file, parse(text).body, new Map());
  for (const node of graph.nodes.values()) connect(node);
  return graph;

  function createScope(
    prefix: string,
    file: string,
    body: Statement[],
    args: Scope['arguments'],
    outer?: Scope,
  ): Scope {
    const scope: Scope = {
      ...{ prefix, file, folder: path.dirname(file), body, arguments: args },
      ...{ declares: new Map(outer?.declares), imports: new Map(outer?.imports) },
      ...{ instances: new Map(), nodes: new Map() },
    };
    const blocks = body.filter((statement) => statement.type === 'block');
    for (const block of blocks) {
      if (block.name === 'declare') scope.declares.set(block.label ?? '', { block, scope });
      else if (block.name.startsWith('import.')) importModule(scope, block);
    }
    for (const block of blocks) addComponent(scope, block);
    return scope;
  }

  function importModule(scope: Scope, block: Block): void {
    const at = place(scope, block.at);
    const [filename] = block.name === 'import.file' ? attributesAt(block.body, 'filename') : [];
    const value = filename && evaluateIn(scope, filename.value);
    const module = typeof value === 'string' ? readModule(path.resolve(scope.folder, value)) : undefined;
    if (!module) graph.opaque.push({ name: block.label ?? '', at });
    else scope.imports.set(block.label ?? '', module);
  }

  function readModule(file: string): Scope | undefined {
    try {
      return createScope('\0', file, parse(read(file)).body, new Map());
    } catch {
      return undefined;
    }
  }

  function addComponent(scope: Scope, block: Block): void {
    if (scope.prefix === '\0' || ['declare', 'argument', 'export', ...IMPORTS].includes(block.name)) return;
    const id = scope.prefix + [block.name, ...(block.label ? [block.label] : [])].join('.');
    const custom = findDeclare(scope, block.name);
    if (custom) {
      const args = new Map<string, () => Value>();
      for (const { name, value } of block.body.filter((statement) => statement.type === 'attribute')) {
        args.set(name, () => evaluateIn(scope, value));
      }
      const { scope: outer, block: declare } = custom;
      const instance = createScope(`${id}/`, outer.file, declare.body, args, outer);
      scope.instances.set(`${block.name}.${block.label}`, instance);
      return;
    }
    const node: Node = {
      ...{ id, kind: block.name, at: place(scope, block.at), body: block.body, file: scope.file },
      values: (path) =>
        attributesAt(block.body, path).map(({ value, at }) => ({
          value: evaluateIn(scope, value),
          at: place(scope, at),
        })),
      items: (path) =>
        attributesAt(block.body, path).flatMap(({ value }) =>
          (value.type === 'array' ? value.items : [value]).map((item) => ({
            value: evaluateIn(scope, item),
            at: place(scope, item.at),
          })),
        ),
      settings: settingsOf(scope, block),
    };
    scope.nodes.set(`${block.name}.${block.label}`, node);
    scopeOf.set(node, scope);
    graph.nodes.set(id, node);
  }

  function settingsOf(scope: Scope, block: Block): Settings {
    const find = (name: string) => attributesAt(block.body, name).at(-1);
    return {
      name: block.name,
      at: place(scope, block.at),
      value: (name) => {
        const attribute = find(name);
        return attribute && evaluateIn(scope, attribute.value);
      },
      placeOf: (name) => place(scope, find(name)?.at ?? block.at),
      blocks: block.body.filter((inner) => inner.type === 'block').map((inner) => settingsOf(scope, inner)),
    };
  }

  function connect(node: Node): void {
    const scope = scopeOf.get(node)!;
    for (const { path: attribute, value } of expressionsIn(node.body)) {
      for (const { node: other, field, at } of refsWithPlace(scope, value)) {
        const type = COMPONENTS[graph.nodes.get(other)?.kind ?? '']?.[field];
        const pushes = type !== undefined && /Receiver$|Consumer$/.test(type);
        const common = { attribute, owner: node.id, at, signal: signalOf(type, attribute) };
        graph.edges.push(pushes ? { from: node.id, to: other, ...common } : { from: other, to: node.id, ...common });
      }
    }
  }

  /** Each export in an expression with the place where its own part begins, since a list can go over many lines. */
  function refsWithPlace(scope: Scope, expression: Expression): { node: string; field: string; at: Place }[] {
    if (expression.type === 'array') return expression.items.flatMap((item) => refsWithPlace(scope, item));
    return refsIn(evaluateIn(scope, expression)).map((ref) => ({ ...ref, at: place(scope, expression.at) }));
  }

  function findDeclare(scope: Scope, name: string): { block: Block; scope: Scope } | undefined {
    const parts = name.split('.');
    let here: Scope | undefined = scope;
    for (const part of parts.slice(0, -1)) here = here?.imports.get(part);
    return here?.declares.get(parts.at(-1)!);
  }

  function evaluateIn(scope: Scope, expression: Expression): Value {
    return evaluate(expression, (names) => lookup(scope, names), env);
  }

  function lookup(scope: Scope, names: string[]): Value {
    if (names[0] === 'module_path') return scope.folder;
    if (names[0] === 'argument') return argumentOf(scope, names[1] ?? '');
    // The longest name of a component that the chain begins with; the rest are fields.
    for (let length = names.length - 1; length > 1; length--) {
      const name = names.slice(0, length).join('.');
      const [field = '', ...fields] = names.slice(length);
      const node = scope.nodes.get(name);
      if (node) return fields.reduce<Value>((value, field) => select(value, field), new Ref(node.id, field));
      const instance = scope.instances.get(name);
      if (instance) return exportOf(instance, field);
    }
    return new Unknown();
  }

  function argumentOf(scope: Scope, name: string): Value {
    const given = scope.arguments.get(name);
    if (given) return given();
    const declared = scope.body.find(
      (block) => block.type === 'block' && block.name === 'argument' && block.label === name,
    );
    const [preset] = declared?.type === 'block' ? attributesAt(declared.body, 'default') : [];
    return preset ? evaluateIn(scope, preset.value) : new Unknown();
  }

  function exportOf(scope: Scope, name: string): Value {
    const block = scope.body.find((block) => block.type === 'block' && block.name === 'export' && block.label === name);
    const [value] = block?.type === 'block' ? attributesAt(block.body, 'value') : [];
    return value ? evaluateIn(scope, value.value) : new Unknown();
  }
}

const scopeOf = new WeakMap<Node, Scope>();

const place = (scope: Scope, at: Position): Place => ({ ...at, file: scope.file });

function signalOf(type: string | undefined, attribute: string): Signal {
  const last = attribute.split('/').at(-1)!;
  if (type === 'otelcol.Consumer') return last === 'metrics' || last === 'logs' ? last : 'traces';
  const signals: Record<string, Signal> = {
    MetricsReceiver: 'metrics',
    LogsReceiver: 'logs',
    ProfilesReceiver: 'profiles',
    Targets: 'targets',
  };
  return signals[type ?? ''] ?? 'config';
}

/** The one value of an attribute, when it is known. */
export function knownValue(node: Node, path: string): Value | undefined {
  const value = node.values(path).at(-1)?.value;
  return value !== undefined && isKnown(value) ? value : undefined;
}

/** The type that an attribute takes, where it takes an export of a known type. */
export function acceptedType(kind: string, attribute: string): string | undefined {
  const [space = '', second = ''] = kind.split('.');
  const last = attribute.split('/').at(-1)!;
  if (last === 'targets') return 'Targets';
  if (attribute === 'write_to') return kind === 'logging' ? 'LogsReceiver' : 'otelcol.Consumer';
  if (attribute === 'client/auth') return 'Handler';
  if (attribute.startsWith('output/')) {
    return kind === 'faro.receiver' && last === 'logs' ? 'LogsReceiver' : 'otelcol.Consumer';
  }
  if (attribute !== 'forward_to') return undefined;
  const target = space === 'otelcol' && second === 'exporter' ? kind.split('.')[2]! : space;
  return { prometheus: 'MetricsReceiver', loki: 'LogsReceiver', pyroscope: 'ProfilesReceiver' }[target];
}

/** The types of receivers that a component exports. */
export const receives = (kind: string): string[] =>
  Object.values(COMPONENTS[kind] ?? {}).filter((type) => /Receiver$|Consumer$/.test(type));

/** The types of receivers that a component can send to. */
export const sends = (kind: string): string[] => {
  const attributes =
    kind === 'faro.receiver' ? ['output/logs', 'output/traces'] : ['forward_to', 'write_to', 'output/traces'];
  // A component for which this is no attribute never has it, except for exporters, which end a pipeline.
  const isEnd = /^otelcol\.exporter\.(?!prometheus|loki)|\.(remote_write|write|echo)$/.test(kind);
  return isEnd ? [] : attributes.flatMap((attribute) => sendsBy(kind, attribute) ?? []);
};

function sendsBy(kind: string, attribute: string): string | undefined {
  const isOtel = /^otelcol\.(receiver|processor|connector)/.test(kind) || kind === 'faro.receiver';
  if (attribute.startsWith('output/') !== isOtel) return undefined;
  return attribute === 'write_to' && kind !== 'logging' ? undefined : acceptedType(kind, attribute);
}
