import { acceptedType, COMPONENTS, IMPORTS, SETTINGS } from '../alloy/components.ts';
import { FUNCTION_NAMES, Ref } from '../alloy/evaluate.ts';
import type { Graph } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import { parse } from '../alloy/parser.ts';
import {
  type Block,
  dotted,
  type Expression,
  expressionsIn,
  type Position,
  partsOf,
  type Statement,
} from '../alloy/syntax.ts';
import type { Finding } from './finding.ts';

// Problems with a file in any lesson: its syntax, names that don't exist, and connections that don't fit. Problems with arguments
// are reported by the real Alloy when it reloads the file (live/alloy.ts).

const MODULE_BLOCKS = ['declare', 'argument', 'export', 'foreach', ...IMPORTS];

export function checkForm(file: string, text: string, graph: Graph): Finding[] {
  const findings: Finding[] = [];
  const fail: Fail = (code, at, args = {}) =>
    findings.push({ layer: 'form', verdict: 'failed', code, at: { ...at, file }, args });

  const { body, problems } = parse(text);
  for (const { code, at, args } of problems) fail(code, at, args);
  // Anything else found in such a file would be a guess.
  if (problems.length > 0) return findings;

  new Names(fail).checkBody(body, new Set());
  for (const { name, at } of graph.opaque) {
    findings.push({ layer: 'form', verdict: 'unknown', code: 'unreadable-module', at, args: { name } });
  }
  checkCycles(graph, fail);
  checkTypes(graph, file, fail);
  checkHistograms(graph, file, fail);
  return findings;
}

/** Alloy has no default for the buckets, and reports that only for the component as a whole. */
const BUCKETS = ['explicit', 'exponential'];

function checkHistograms(graph: Graph, file: string, fail: Fail): void {
  for (const { id, kind, settings } of graph.nodes.values()) {
    if (kind !== 'otelcol.connector.spanmetrics') continue;
    const histogram = settings.blocks.find(({ name }) => name === 'histogram');
    if (!histogram || histogram.at.file !== file || histogram.blocks.some(({ name }) => BUCKETS.includes(name)))
      continue;
    fail('missing-block', histogram.at, { component: id, attribute: 'histogram', blocks: BUCKETS });
  }
}

type Fail = (code: string, at: Position, args?: Finding['args']) => void;

/** Names of components, references and functions. */
class Names {
  #fail: Fail;
  constructor(fail: Fail) {
    this.#fail = fail;
  }

  checkBody(body: Statement[], outer: Set<string>): void {
    const declares = new Set([...outer, ...labelsOf(body, ['declare'])]);
    const imports = new Set(labelsOf(body, IMPORTS));
    const isCustom = (name: string) => declares.has(name) || imports.has(name.split('.')[0]!);
    const first = new Map<string, Block>();
    for (const statement of body) {
      if (statement.type === 'attribute') {
        this.#fail('attribute-outside', statement.at, { name: statement.name });
        continue;
      }
      this.#checkBlock(statement, isCustom, [...declares], first);
      if (statement.name === 'declare') this.checkBody(statement.body, declares);
    }
    const isModule = outer.size > 0 || body.some(({ name }) => name === 'argument');
    const names = [...first.values()].filter(({ name }) => name in COMPONENTS || isCustom(name));
    for (const block of body) {
      if (block.type === 'block' && block.name !== 'declare' && block.name !== 'foreach') {
        this.#checkReferences(block, names, isModule, isCustom);
      }
    }
  }

  #checkBlock(block: Block, isCustom: (name: string) => boolean, declares: string[], first: Map<string, Block>) {
    const { name, label, at } = block;
    const isComponent = name in COMPONENTS || isCustom(name);
    if (!isComponent && !SETTINGS.includes(name) && !MODULE_BLOCKS.includes(name)) {
      const known = [...Object.keys(COMPONENTS), ...SETTINGS, ...MODULE_BLOCKS, ...declares];
      return void this.#fail('unknown-component', at, { name, suggestion: closest(name, known) ?? '' });
    }
    if ((isComponent || MODULE_BLOCKS.includes(name)) && !label) this.#fail('missing-label', at, { name });
    if (SETTINGS.includes(name) && label) this.#fail('needless-label', at, { name });
    const key = `${name} ${label ?? ''}`;
    const before = first.get(key);
    if (before) this.#fail('duplicate', at, { name, label: label ?? '', line: before.at.line });
    else first.set(key, block);
  }

  #checkReferences(block: Block, names: Block[], inModule: boolean, isCustom: (name: string) => boolean): void {
    for (const { value } of expressionsIn(block.body)) {
      for (const chain of chainsIn(value)) {
        const name = chain.names.join('.');
        if (chain.isCall) {
          if (!FUNCTION_NAMES.has(name)) {
            this.#fail('unknown-function', chain.at, { name, suggestion: closest(name, FUNCTION_NAMES) ?? '' });
          }
        } else if (!isVariable(chain.names, inModule)) this.#checkReference(name, chain.at, names, isCustom);
      }
    }
  }

  #checkReference(name: string, at: Position, components: Block[], isCustom: (name: string) => boolean): void {
    const idOf = (block: Block) => `${block.name}.${block.label}`;
    const component = components
      .filter((block) => `${name}.`.startsWith(`${idOf(block)}.`))
      .toSorted((a, b) => idOf(b).length - idOf(a).length)[0];
    if (!component) {
      const candidates = components.flatMap((block) =>
        Object.keys(COMPONENTS[block.name] ?? {}).map((field) => `${idOf(block)}.${field}`),
      );
      return void this.#fail('unknown-reference', at, { name, suggestion: closest(name, candidates) ?? '' });
    }
    if (isCustom(component.name)) return;
    const [field = ''] = name.slice(idOf(component).length + 1).split('.');
    const fields = Object.keys(COMPONENTS[component.name] ?? {});
    if (fields.includes(field)) return;
    const suggestion = closest(field, fields) ?? fields[0] ?? '';
    this.#fail(field === '' ? 'missing-field' : 'unknown-field', at, {
      name,
      field,
      component: idOf(component),
      suggestion,
    });
  }
}

const labelsOf = (body: Statement[], names: string[]) =>
  body.flatMap((block) => (block.type === 'block' && names.includes(block.name) && block.label ? [block.label] : []));

const isVariable = ([first]: string[], inModule: boolean) =>
  first === 'module_path' || first === 'constants' || (first === 'argument' && inModule);

/** Every complete chain of names in an expression, and whether it is the name of a function. */
function* chainsIn(expression: Expression): Generator<{ names: string[]; at: Position; isCall: boolean }> {
  const inner = new Set<Expression>();
  const functions = new Set<Expression>();
  for (const part of partsOf(expression)) {
    if (part.type === 'call') functions.add(part.of);
    if (part.type === 'access') inner.add(part.of);
    const names = inner.has(part) ? undefined : dotted(part);
    if (names) yield { names, at: part.at, isCall: functions.has(part) };
  }
}

function checkTypes(graph: Graph, file: string, fail: Fail): void {
  for (const { owner, from, to, attribute, at } of graph.edges) {
    const [user, used] = [graph.nodes.get(owner)!, graph.nodes.get(owner === from ? to : from)!];
    const wanted = acceptedType(user.kind, attribute);
    const offered = Object.values(COMPONENTS[used.kind] ?? {});
    if (!wanted || at.file !== file) continue;
    if (used.kind in COMPONENTS && !offered.includes(wanted)) {
      fail('wrong-type', at, { component: user.id, attribute, given: used.id, wanted });
    } else if (/(Receiver|Consumer)$/.test(wanted) && user.values(attribute)[0]?.value instanceof Ref) {
      fail('not-a-list', at, { component: user.id, attribute });
    }
  }
}

/** Alloy rejects components that depend on each other in a cycle. */
function checkCycles(graph: Graph, fail: Fail): void {
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, trail: string[]): boolean => {
    if (state.get(id) === 'done') return false;
    if (state.get(id) === 'open') return true;
    state.set(id, 'open');
    for (const edge of graph.edges.filter(({ owner }) => owner === id)) {
      const other = edge.owner === edge.from ? edge.to : edge.from;
      if (!visit(other, [...trail, id])) continue;
      const circle = [...trail, id].slice([...trail, id].indexOf(other));
      fail('cycle', edge.at, { components: [...circle, other] });
      state.set(id, 'done');
      return false;
    }
    state.set(id, 'done');
    return false;
  };
  for (const id of graph.nodes.keys()) visit(id, []);
}
