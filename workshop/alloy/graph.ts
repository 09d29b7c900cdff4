import { readFileSync } from 'node:fs';
import path from 'node:path';
import { COMPONENTS, IMPORTS, type Signal, signalOf } from './components.ts';
import { type Environment, evaluate, Ref, refsIn, select, Unknown, type Value } from './evaluate.ts';
import { parse } from './parser.ts';
import { attributesAt, type Block, type Expression, expressionsIn, type Position, type Statement } from './syntax.ts';

/** A place in one of the files. */
export type Place = Position & { file: string };

export type Node = {
  /** As in Alloy's API: `prometheus.scrape.alloy`, or `destinations.all.default/loki.write.logs` in a module. */
  id: string;
  kind: string;
  at: Place;
  /** The values of an attribute: `endpoint/url`. */
  values(path: string): { value: Value; at: Place }[];
  /** The items of a list, each with its own place. */
  items(path: string): { value: Value; at: Place }[];
  settings: Settings;
  body: Statement[];
  /** Where its connections are written, if not in the component itself. */
  out?: Place;
};

/** A block with its values and nested blocks. */
export type Settings = {
  name: string;
  at: Place;
  value(name: string): Value | undefined;
  placeOf(name: string): Place;
  blocks: Settings[];
};

/** A connection from one component to another. */
export type Edge = {
  from: string;
  to: string;
  /** The attribute that makes the connection, and the component that has it. */
  attribute: string;
  owner: string;
  at: Place;
  signal: Signal;
};

export type { Signal } from './components.ts';

export type Graph = {
  nodes: Map<string, Node>;
  edges: Edge[];
  /** Modules that can't be read from here; their contents are unknown. */
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
};

/** The components of a configuration and their connections, with modules expanded. */
export function buildGraph({ file, text, env = {} }: GraphOptions): Graph {
  const builder = new Builder(env);
  builder.createScope('', file, parse(text).body, new Map());
  for (const node of builder.graph.nodes.values()) builder.connect(node);
  return builder.graph;
}

class Builder {
  graph: Graph = { nodes: new Map(), edges: [], opaque: [] };
  #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  createScope(prefix: string, file: string, body: Statement[], args: Scope['arguments'], outer?: Scope): Scope {
    const scope: Scope = {
      ...{ prefix, file, folder: path.dirname(file), body, arguments: args },
      ...{ declares: new Map(outer?.declares), imports: new Map(outer?.imports) },
      ...{ instances: new Map(), nodes: new Map() },
    };
    const blocks = body.filter((statement) => statement.type === 'block');
    for (const block of blocks) {
      if (block.name === 'declare') scope.declares.set(block.label ?? '', { block, scope });
      else if (block.name.startsWith('import.')) this.#importModule(scope, block);
    }
    for (const block of blocks) this.#addComponent(scope, block);
    return scope;
  }

  #importModule(scope: Scope, block: Block): void {
    const module = this.#readModule(scope, block);
    if (!module) this.graph.opaque.push({ name: `${block.name}.${block.label}`, at: place(scope, block.at) });
    else scope.imports.set(block.label ?? '', module);
  }

  #readModule(scope: Scope, { name, body }: Block): Scope | undefined {
    const textOf = (attribute: string) => {
      const [found] = attributesAt(body, attribute);
      const value = found && this.#evaluateIn(scope, found.value);
      return typeof value === 'string' ? value : undefined;
    };
    const content = name === 'import.string' ? textOf('content') : undefined;
    if (content !== undefined) return this.createScope('\0', name, parse(content).body, new Map());
    const filename = name === 'import.file' ? textOf('filename') : undefined;
    if (filename === undefined) return undefined;
    const file = path.resolve(scope.folder, filename);
    try {
      return this.createScope('\0', file, parse(readFileSync(file, 'utf8')).body, new Map());
    } catch {
      return undefined;
    }
  }

  #addComponent(scope: Scope, block: Block): void {
    if (scope.prefix === '\0' || ['declare', 'argument', 'export', ...IMPORTS].includes(block.name)) return;
    const id = scope.prefix + [block.name, ...(block.label ? [block.label] : [])].join('.');
    if (block.name === 'foreach') return void this.graph.opaque.push({ name: id, at: place(scope, block.at) });
    const custom = this.#findDeclare(scope, block.name);
    if (custom) {
      const args = new Map<string, () => Value>();
      for (const { name, value } of block.body.filter((statement) => statement.type === 'attribute')) {
        args.set(name, () => this.#evaluateIn(scope, value));
      }
      const { scope: outer, block: declare } = custom;
      const instance = this.createScope(`${id}/`, outer.file, declare.body, args, outer);
      scope.instances.set(`${block.name}.${block.label}`, instance);
      return;
    }
    const node: Node = {
      ...{ id, kind: block.name, at: place(scope, block.at), body: block.body },
      values: (path) =>
        attributesAt(block.body, path).map(({ value, at }) => ({
          value: this.#evaluateIn(scope, value),
          at: place(scope, at),
        })),
      items: (path) =>
        attributesAt(block.body, path).flatMap(({ value }) =>
          (value.type === 'array' ? value.items : [value]).map((item) => ({
            value: this.#evaluateIn(scope, item),
            at: place(scope, item.at),
          })),
        ),
      settings: this.#settingsOf(scope, block),
    };
    scope.nodes.set(`${block.name}.${block.label}`, node);
    scopeOf.set(node, scope);
    this.graph.nodes.set(id, node);
  }

  #settingsOf(scope: Scope, block: Block): Settings {
    const find = (name: string) => attributesAt(block.body, name).at(-1);
    return {
      name: block.name,
      at: place(scope, block.at),
      value: (name) => {
        const attribute = find(name);
        return attribute && this.#evaluateIn(scope, attribute.value);
      },
      placeOf: (name) => place(scope, find(name)?.at ?? block.at),
      blocks: block.body.filter((inner) => inner.type === 'block').map((inner) => this.#settingsOf(scope, inner)),
    };
  }

  connect(node: Node): void {
    const scope = scopeOf.get(node)!;
    for (const { path: attribute, value } of expressionsIn(node.body)) {
      for (const { node: other, field, at } of this.#refsWithPlace(scope, value)) {
        const type = COMPONENTS[this.graph.nodes.get(other)?.kind ?? '']?.[field];
        const pushes = type !== undefined && /Receiver$|Consumer$/.test(type);
        const common = { attribute, owner: node.id, at, signal: signalOf(type, attribute) };
        this.graph.edges.push(
          pushes ? { from: node.id, to: other, ...common } : { from: other, to: node.id, ...common },
        );
      }
    }
  }

  /** Each export in an expression with its own position, because a list can span many lines. */
  #refsWithPlace(scope: Scope, expression: Expression): { node: string; field: string; at: Place }[] {
    if (expression.type === 'array') return expression.items.flatMap((item) => this.#refsWithPlace(scope, item));
    return refsIn(this.#evaluateIn(scope, expression)).map((ref) => ({ ...ref, at: place(scope, expression.at) }));
  }

  #findDeclare(scope: Scope, name: string): { block: Block; scope: Scope } | undefined {
    const parts = name.split('.');
    let here: Scope | undefined = scope;
    for (const part of parts.slice(0, -1)) here = here?.imports.get(part);
    return here?.declares.get(parts.at(-1)!);
  }

  #evaluateIn(scope: Scope, expression: Expression): Value {
    return evaluate(expression, (names) => this.#lookup(scope, names), this.#env);
  }

  #lookup(scope: Scope, names: string[]): Value {
    if (names[0] === 'module_path') return scope.folder;
    if (names[0] === 'argument') return this.#argumentOf(scope, names[1] ?? '');
    // The longest prefix of the chain that is a component's name; the rest are fields.
    for (let length = names.length - 1; length > 1; length--) {
      const name = names.slice(0, length).join('.');
      const [field = '', ...fields] = names.slice(length);
      const node = scope.nodes.get(name);
      if (node) return fields.reduce<Value>((value, field) => select(value, field), new Ref(node.id, field));
      const instance = scope.instances.get(name);
      if (instance) return this.#valueIn(instance, 'export', field, 'value');
    }
    return new Unknown();
  }

  #argumentOf(scope: Scope, name: string): Value {
    return scope.arguments.get(name)?.() ?? this.#valueIn(scope, 'argument', name, 'default');
  }

  #valueIn(scope: Scope, blockName: string, label: string, attribute: string): Value {
    const block = scope.body.find(
      ({ type, name, ...rest }) => type === 'block' && name === blockName && (rest as Block).label === label,
    );
    const [found] = block?.type === 'block' ? attributesAt(block.body, attribute) : [];
    return found ? this.#evaluateIn(scope, found.value) : new Unknown();
  }
}

const scopeOf = new WeakMap<Node, Scope>();

const place = (scope: Scope, at: Position): Place => ({ ...at, file: scope.file });
