import { VARIABLE } from '../dashboards/variables.ts';
import type { Transformation } from './data-sources.ts';

/** Values for the variables of a query, by name. */
export type Variables = Record<string, unknown>;

export type Interpolated = { text: string; used: Record<string, string>; missing: string[] };

/** Variables that have a value only when the query runs. */
// Grafana: packages/grafana-correlations/src/utils/getVariableUsageInfo.ts, builtInVariables
const BUILT_IN = new Set([
  '__from',
  '__to',
  '__interval',
  '__interval_ms',
  '__org',
  '__user',
  '__range',
  '__rate_interval',
  '__timeFilter',
  'timeFilter',
]);

/** Replaces `$name`, `${name}`, `${name.path}`, `${name["key"]}` and `${name:format}` with their values. */
// Grafana: public/app/features/templating/template_srv.ts, replace
export function interpolate(template: string, variables: Variables): Interpolated {
  const used: Record<string, string> = {};
  const missing: string[] = [];
  const text = template.replace(VARIABLE, (match, plain, bracketed, bracketFormat, braced, path, braceFormat) => {
    const name: string = plain ?? bracketed ?? braced;
    const value = path === undefined ? variables[name] : valueAt(variables[name], path);
    if (value === undefined || value === null) {
      if (!BUILT_IN.has(name)) missing.push(match);
      return match;
    }
    used[match] = format(value, bracketFormat ?? braceFormat);
    return used[match];
  });
  return { text, used, missing };
}

/** The same for every string in a query. */
// Grafana: packages/grafana-data/src/utils/dataLinks.ts, interpolateObjectRecursive
export function interpolateAll<T>(value: T, variables: Variables): { value: T } & Omit<Interpolated, 'text'> {
  const used: Record<string, string> = {};
  const missing: string[] = [];
  function fill(item: unknown): unknown {
    if (typeof item === 'string') {
      const filled = interpolate(item, variables);
      Object.assign(used, filled.used);
      missing.push(...filled.missing);
      return filled.text;
    }
    if (Array.isArray(item)) return item.map(fill);
    if (item === null || typeof item !== 'object') return item;
    return Object.fromEntries(Object.entries(item).map(([key, part]) => [key, fill(part)]));
  }
  return { value: fill(value) as T, used, missing };
}

/** `tags["service.name"]` or `traceId` of an object. */
function valueAt(of: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["([^"]*)"\]|\['([^']*)'\]|([^.[\]]+)/g)].map(([, a, b, c]) => (a ?? b ?? c)!);
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], of);
}

// Grafana: the format registry of @grafana/scenes, packages/scenes/src/variables/interpolation/formatRegistry.ts
function format(value: unknown, name: string | undefined): string {
  const text = String(value);
  if (name === undefined || name === 'raw') return text;
  if (name === 'sqlstring') return `'${text.replace(/['"]/g, (quote) => (quote === "'" ? "''" : '\\"'))}'`;
  throw new Error(`this test doesn't know the variable format ${name}`);
}

/** The variables that transformations extract from a row's fields. A later one overrides an earlier one. */
// Grafana: public/app/features/correlations/transformations.ts, getTransformationVars
export function transform(transformations: Transformation[], fields: Record<string, unknown>): Variables {
  const variables: Variables = {};
  for (const transformation of transformations) {
    const value = fields[transformation.field];
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    if (transformation.type === 'logfmt') Object.assign(variables, parseLogfmt(text));
    else {
      for (const match of text.matchAll(new RegExp(transformation.expression, 'gi'))) {
        if (match.groups) Object.assign(variables, match.groups);
        else variables[transformation.mapValue] = match[1] || match[0];
      }
    }
  }
  return variables;
}

function parseLogfmt(line: string): Record<string, string> {
  const pairs = [...line.matchAll(/([^\s="]+)=(?:"((?:\\.|[^"\\])*)"|(\S*))/g)];
  return Object.fromEntries(pairs.map(([, key, quoted, plain]) => [key!, quoted?.replace(/\\(.)/g, '$1') ?? plain!]));
}

/** `-1m` or `15s` in milliseconds. */
// Grafana: packages/grafana-data/src/datetime/rangeutil.ts, intervalToMs
export function milliseconds(interval: string): number {
  const [, amount, unit] = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(interval) ?? [];
  if (unit === undefined) throw new Error(`${interval} is not a duration such as 15s or -1m`);
  return Number(amount) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[unit]!;
}
