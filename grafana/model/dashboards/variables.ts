import { getJson } from '../http.ts';
import type { Dashboard, Variable } from './read.ts';

/** The values that a dashboard opens with. An array is a multi-value selection, or all values. */
export type Values = Record<string, string | string[]>;

/** A variable in a dashboard's JSON. */
export const savedValues = ({ templating }: Dashboard): Values =>
  Object.fromEntries(
    templating.list.map(({ name, current, allValue }) => [
      name,
      [current.value].flat()[0] === '$__all' ? allValue! : current.value,
    ]),
  );

/** The values of the variables when a user opens the dashboard; `given` are the values that a link sets. */
export async function openingValues({ templating }: Dashboard, mimir: string, given: Values = {}): Promise<Values> {
  const values: Values = {};
  for (const variable of templating.list) {
    values[variable.name] = given[variable.name] ?? (await openingValue(variable, mimir, values));
  }
  return values;
}

async function openingValue(variable: Variable, mimir: string, known: Values): Promise<string | string[]> {
  const current = variable.current.value;
  if (variable.type !== 'query') return current;
  const found = await choices(variable, mimir, known);
  if (found.length === 0) throw new Error(`the variable ${variable.name} has no value: ${variable.query}`);
  if ([current].flat().includes('$__all')) return variable.allValue ?? found;
  // Grafana keeps the saved value as long as the query returns it.
  return found.includes(String(current)) ? current : found[0]!;
}

// Grafana: packages/grafana-prometheus/src/metric_find_query.ts
async function choices({ query, regex }: Variable, mimir: string, known: Values): Promise<string[]> {
  const filled = fill(query, (name) => known[name]);
  const [, names] = /^label_names\((.+)\)\s*$/.exec(filled) ?? [];
  const [, of, label] = /^label_values\((?:(.+),\s*)?([a-zA-Z_$][a-zA-Z0-9_]*)\)\s*$/.exec(filled) ?? [];
  const end = Date.now() / 1_000;
  const parameters = { 'match[]': (names ?? of)!, start: String(end - 900), end: String(end) };
  const path = names === undefined ? `label/${label}/values` : 'labels';
  const { data } = await getJson<{ data: string[] }>(`${mimir}/prometheus/api/v1/${path}`, parameters);
  const pattern = regex ? new RegExp(/^\/(.*)\/$/.exec(regex)?.[1] ?? regex) : /./;
  return data.filter((value) => pattern.test(value));
}

// Grafana: public/app/features/variables/utils.ts, variableRegex; @grafana/scenes, packages/scenes/src/variables/constants.ts
export const VARIABLE = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

/** Replaces `$name`, `${name}`, `${name.path}` and `${name:format}` with their values; the rest stays. */
export function fill(
  text: string,
  lookUp: (name: string, path?: string) => string | string[] | undefined,
  format: (value: string | string[]) => string = String,
): string {
  return text.replace(VARIABLE, (match, plain, bracketed, bracketFormat, braced, path, braceFormat) => {
    const value = lookUp(plain ?? bracketed ?? braced, path);
    if (value === undefined) return match;
    const named = bracketFormat ?? braceFormat;
    return named === undefined ? format(value) : FORMATS[named as keyof typeof FORMATS](value);
  });
}

/** How a multi-value selection becomes one string. A regular expression for all (`.*`) stays as it is. */
export const FORMATS = {
  /** PromQL and LogQL: `(a|b)`. */
  // Grafana: packages/grafana-prometheus/src/datasource.ts, interpolateQueryExpr
  regex: (value: string | string[]) => (Array.isArray(value) ? `(${value.join('|')})` : value),
  /** TraceQL. */
  // Grafana: public/app/plugins/datasource/tempo/datasource.ts, applyVariables
  pipe: (value: string | string[]) => [value].flat().join('|'),
};
