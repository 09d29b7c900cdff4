/**
 * Builds readable SQL with safely quoted values.
 *
 * Users see each panel's query as it is sent, so there are no parameters: values become DuckDB literals, only here.
 */
export type Sql = { readonly text: string };

type Value = Sql | string | number | Date | readonly string[];

/**
 * A template tag. Strings, numbers, dates and lists of strings become literals; nested `sql` is inserted as it is, with
 * the indentation of its line. The template's common indentation is removed.
 */
export function sql(template: TemplateStringsArray, ...values: Value[]): Sql {
  let text = '';
  dedent(template).forEach((part, index) => {
    text += part;
    const value = values[index];
    if (value === undefined) return;
    text += isSql(value) ? indentLikeLastLine(value.text, text) : literal(value);
  });
  return { text: text.trim() };
}

/** A DuckDB literal. Dates become a TIMESTAMP in UTC, like all times in lens. */
export function literal(value: string | number | Date | readonly string[]): string {
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`not a finite number: ${value}`);
    return String(value);
  }
  if (value instanceof Date) return `TIMESTAMP '${value.toISOString().slice(0, -1).replace('T', ' ')}'`;
  if (typeof value !== 'string') return `(${value.length === 0 ? 'NULL' : value.map(literal).join(', ')})`;
  // DuckDB ends the query at the first NUL.
  const clean = value.replaceAll('\0', '');
  const quoted = clean.replaceAll("'", "''");
  // Escape strings keep literals on one line, so that indentation can't change their value.
  if (!/[\n\r]/.test(clean)) return `'${quoted}'`;
  return `E'${quoted.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r')}'`;
}

/** Joins conditions for WHERE, one per line; TRUE if there are none. */
export function all(...conditions: (Sql | undefined)[]): Sql {
  const given = conditions.filter((condition) => condition !== undefined);
  return { text: given.map(({ text }) => text).join('\n  AND ') || 'TRUE' };
}

/** Conditions for columns to have these values. An undefined or empty value means any. */
export function equal(...pairs: [column: Sql, value: string | undefined][]): (Sql | undefined)[] {
  return pairs.map(([column, value]) => (value ? sql`${column} = ${value}` : undefined));
}

function isSql(value: Value): value is Sql {
  return typeof value === 'object' && 'text' in value;
}

function dedent(template: TemplateStringsArray): string[] {
  const parts = [...template.slice(0, -1), template.at(-1)!.trimEnd()];
  const indents = parts.flatMap((part) => [...part.matchAll(/\n( *)(?!\s)/g)].map((match) => match[1]!.length));
  const common = Math.min(...indents);
  return parts.map((part) => part.replace(/\n( *)/g, (_, indent: string) => `\n${indent.slice(common)}`));
}

function indentLikeLastLine(text: string, before: string): string {
  const lastLine = before.slice(before.lastIndexOf('\n') + 1);
  const indent = /^ */.exec(lastLine)![0];
  return text.replaceAll('\n', `\n${indent}`);
}
