import { posix } from 'node:path';
import { dotted, type Expression } from './syntax.ts';

/** An export of a component, as the value of an expression: it exists only while Alloy is running. */
export class Ref {
  node: string;
  field: string;
  constructor(node: string, field: string) {
    this.node = node;
    this.field = field;
  }
}

/** A value that only Alloy can compute; the exports used in it are still known. */
export class Unknown {
  refs: Ref[];
  constructor(refs: Ref[] = []) {
    this.refs = refs;
  }
}

export type Value = string | number | boolean | null | Ref | Unknown | Value[] | { [name: string]: Value };

/** Gives the value of a chain of names that doesn't start with a function: `argument.forward_to.value`. */
export type Lookup = (path: string[], expression: Expression) => Value;

export type Environment = Record<string, string>;

export const isRecord = (value: Value | undefined): value is { [name: string]: Value } =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Ref) &&
  !(value instanceof Unknown);

export function refsIn(value: Value): Ref[] {
  if (value instanceof Ref) return [value];
  if (value instanceof Unknown) return value.refs;
  if (Array.isArray(value)) return value.flatMap(refsIn);
  return isRecord(value) ? Object.values(value).flatMap(refsIn) : [];
}

export const isKnown = (value: Value): boolean => {
  if (value instanceof Ref || value instanceof Unknown) return false;
  if (Array.isArray(value)) return value.every(isKnown);
  return isRecord(value) ? Object.values(value).every(isKnown) : true;
};

const strings =
  (change: (...texts: string[]) => Value) =>
  (...args: Value[]): Value =>
    args.every((arg) => typeof arg === 'string') ? change(...args) : new Unknown();

const trim = (text: string, signs: string) => {
  const set = `[${signs.replace(/[\]\\^-]/g, '\\$&')}]`;
  return text.replace(new RegExp(`^${set}+|${set}+$`, 'gu'), '');
};

/** Standard library functions whose result can be known here. */
const FUNCTIONS: Record<string, (...args: Value[]) => Value> = {
  'array.concat': (...lists) => (lists.every(Array.isArray) ? lists.flat(1) : new Unknown(lists.flatMap(refsIn))),
  'convert.nonsensitive': (value) => value!,
  'encoding.from_json': strings((text) => JSON.parse(text!) as Value),
  'encoding.to_base64': strings((text) => Buffer.from(text!).toString('base64')),
  'encoding.from_base64': strings((text) => Buffer.from(text!, 'base64').toString()),
  'file.path_join': strings((...parts) => posix.join(...parts)),
  'string.join': (list, separator) =>
    Array.isArray(list) && list.every((item) => typeof item === 'string')
      ? list.join(String(separator))
      : new Unknown(),
  'string.replace': strings((text, from, to) => text!.replaceAll(from!, to!)),
  'string.split': strings((text, separator) => text!.split(separator!)),
  'string.to_lower': strings((text) => text!.toLowerCase()),
  'string.to_upper': strings((text) => text!.toUpperCase()),
  'string.trim': strings((text, signs) => trim(text!, signs!)),
  'string.trim_prefix': strings((text, prefix) => (text!.startsWith(prefix!) ? text!.slice(prefix!.length) : text!)),
  'string.trim_suffix': strings((text, suffix) => (text!.endsWith(suffix!) ? text!.slice(0, -suffix!.length) : text!)),
  'string.trim_space': strings((text) => text!.trim()),
};

/** Other existing functions, whose result is unknown here. */
const OTHER_FUNCTIONS = [
  ...[
    'array.combine_maps',
    'array.group_by',
    'coalesce',
    'json_path',
    'sys.env',
    'string.format',
    'encoding.from_yaml',
  ],
  ...['encoding.from_URLbase64', 'encoding.to_URLbase64', 'encoding.to_json', 'encoding.url_encode'],
  // Older names, which still work.
  ...['encoding.url_decode', 'env', 'nonsensitive', 'concat', 'json_decode', 'yaml_decode', 'base64_decode', 'format'],
  ...['join', 'replace', 'split', 'to_lower', 'to_upper', 'trim', 'trim_prefix', 'trim_suffix', 'trim_space'],
];
export const FUNCTION_NAMES = new Set([...Object.keys(FUNCTIONS), ...OTHER_FUNCTIONS]);

export function evaluate(expression: Expression, lookup: Lookup, env: Environment): Value {
  const inner = (expression: Expression) => evaluate(expression, lookup, env);
  switch (expression.type) {
    case 'literal':
      return expression.value;
    case 'array':
      return expression.items.map(inner);
    case 'object':
      return Object.fromEntries(expression.fields.map(({ name, value }) => [name, inner(value)]));
    case 'name':
    case 'access': {
      const path = dotted(expression);
      return path ? lookup(path, expression) : select(inner((expression as { of: Expression }).of), expression.name);
    }
    case 'index': {
      const index = inner(expression.index);
      return typeof index === 'string' || typeof index === 'number'
        ? select(inner(expression.of), index)
        : new Unknown();
    }
    case 'unary': {
      const value = inner(expression.of);
      if (expression.operator === '!' && typeof value === 'boolean') return !value;
      return expression.operator === '-' && typeof value === 'number' ? -value : new Unknown();
    }
    case 'binary':
      return compute(expression.operator, inner(expression.left), inner(expression.right));
    case 'call':
      return call((dotted(expression.of) ?? []).join('.'), expression.args.map(inner), env);
  }
}

/** A missing field is null, as in Alloy. */
export function select(value: Value, key: string | number): Value {
  if (Array.isArray(value)) return typeof key === 'number' ? (value[key] ?? null) : new Unknown();
  if (isRecord(value)) return value[key] ?? null;
  return new Unknown(refsIn(value));
}

function call(name: string, args: Value[], env: Environment): Value {
  if (name === 'sys.env' || name === 'env') return typeof args[0] === 'string' ? (env[args[0]] ?? '') : new Unknown();
  if (name === 'coalesce') {
    const first = args.find((arg) => !(isKnown(arg) && isEmpty(arg)));
    return first ?? args.at(-1) ?? null;
  }
  const unknown = () => new Unknown(args.flatMap(refsIn));
  try {
    return FUNCTIONS[name]?.(...args) ?? unknown();
  } catch {
    return unknown();
  }
}

const isEmpty = (value: Value) =>
  value === null ||
  value === '' ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);

function compute(operator: string, left: Value, right: Value): Value {
  if (!isKnown(left) || !isKnown(right)) return new Unknown([...refsIn(left), ...refsIn(right)]);
  const same = JSON.stringify(left) === JSON.stringify(right);
  if (operator === '==') return same;
  if (operator === '!=') return !same;
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (typeof left === 'boolean' && typeof right === 'boolean') return operator === '&&' ? left && right : left || right;
  if (typeof left !== 'number' || typeof right !== 'number') return new Unknown();
  const results: Record<string, Value> = {
    '+': left + right,
    '-': left - right,
    '*': left * right,
    '/': left / right,
    '%': left % right,
    '^': left ** right,
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
  };
  return results[operator] ?? new Unknown();
}
