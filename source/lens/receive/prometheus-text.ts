import type { MetricType } from '../store/schema.ts';

/**
 * Prometheus's text formats: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/) and the classic
 * format (https://prometheus.io/docs/instrumenting/exposition_formats/).
 */
export type Sample = {
  name: string;
  type: MetricType;
  labels: Record<string, string>;
  /** May be NaN or infinite. */
  value: number;
  /** In milliseconds since 1970, if the target gave one. */
  timestampMs: number | undefined;
  exemplar: Exemplar | undefined;
};
export type Exemplar = { labels: Record<string, string>; value: number; timestampMs: number | undefined };
export type Format = 'openmetrics' | 'classic';

export class MetricsSyntaxError extends Error {
  override readonly name = 'MetricsSyntaxError';
}

const TYPES = new Map<string | undefined, MetricType>([
  ['counter', 'counter'],
  ['gauge', 'gauge'],
  ['stateset', 'gauge'],
  ['histogram', 'histogram'],
  ['gaugehistogram', 'histogram'],
  ['summary', 'summary'],
  ['info', 'info'],
]);

/** Suffixes of sample names that aren't part of the metric family's name. */
const SUFFIX = /_(?:total|bucket|sum|count|created|info|gsum|gcount)$/;

/**
 * @param format timestamps are in seconds in OpenMetrics, in milliseconds in the classic format @throws
 * {MetricsSyntaxError} naming the line; as in Prometheus, one bad line fails the whole scrape
 */
export function parseMetrics(text: string, format: Format): Sample[] {
  const samples: Sample[] = [];
  const types = new Map<string, MetricType>();
  let lineNumber = 0;
  let start = 0;
  while (start < text.length) {
    let end = text.indexOf('\n', start);
    if (end === -1) end = text.length;
    lineNumber += 1;
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    start = end + 1;
    const cursor: Cursor = { line, position: 0, lineNumber };
    skipSpace(cursor);
    if (cursor.position === line.length) continue;
    if (line[cursor.position] !== '#') samples.push(parseSample(cursor, types, format));
    else if (readComment(cursor, types) === 'EOF' && format === 'openmetrics') break;
  }
  return samples;
}

const KEYWORD = /#[ \t]+(TYPE|EOF)(?:[ \t]+|$)/y;

/** Reads `# TYPE name type` or `# EOF`; other comments are skipped. */
function readComment(cursor: Cursor, types: Map<string, MetricType>): string | undefined {
  KEYWORD.lastIndex = cursor.position;
  const [whole = '', keyword] = KEYWORD.exec(cursor.line) ?? [];
  if (keyword === 'TYPE') {
    cursor.position += whole.length;
    const name = cursor.line[cursor.position] === '"' ? readQuoted(cursor) : readName(cursor);
    types.set(name, TYPES.get(cursor.line.slice(cursor.position).trim()) ?? 'unknown');
  }
  return keyword;
}

/** @param types by metric family */
export function typeOf(name: string, types: ReadonlyMap<string, MetricType>): MetricType {
  const own = types.get(name);
  if (own !== undefined) return own;
  if (!SUFFIX.test(name)) return 'unknown';
  if (name.endsWith('_created')) return 'gauge';
  return types.get(name.slice(0, name.lastIndexOf('_'))) ?? 'unknown';
}

function parseSample(cursor: Cursor, types: Map<string, MetricType>, format: Format): Sample {
  const { line } = cursor;
  let name = readName(cursor);
  const labels: Record<string, string> = {};
  if (line[cursor.position] === '{') {
    // Since Prometheus 3, names with other characters are quoted inside the braces: {"http.requests", code="200"}
    const quotedName = readLabels(cursor, labels);
    if (name === '') name = quotedName ?? '';
  }
  if (name === '') throw syntaxError(cursor, 'a metric name');
  const value = readNumber(cursor, 'a value');
  const timestampMs = readTimestamp(cursor, format);
  const exemplar = readExemplar(cursor);
  skipSpace(cursor);
  if (cursor.position < line.length) throw syntaxError(cursor, 'the end of the line');
  return {
    name,
    type: typeOf(name, types),
    labels,
    value,
    timestampMs,
    exemplar,
  };
}

type Cursor = { readonly line: string; position: number; readonly lineNumber: number };

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;

function readName(cursor: Cursor): string {
  skipSpace(cursor);
  NAME.lastIndex = cursor.position;
  const name = NAME.exec(cursor.line)?.[0] ?? '';
  cursor.position += name.length;
  skipSpace(cursor);
  return name;
}

/** Reads `{a="x",b="y"}` into `labels`. @returns the metric's name if it is inside the braces */
function readLabels(cursor: Cursor, labels: Record<string, string>): string | undefined {
  const { line } = cursor;
  let metricName: string | undefined;
  cursor.position += 1;
  for (;;) {
    skipSpace(cursor);
    if (line[cursor.position] === '}') break;
    const quoted = line[cursor.position] === '"';
    const key = quoted ? readQuoted(cursor) : readName(cursor);
    if (key === '') throw syntaxError(cursor, 'a label name');
    if (Object.hasOwn(labels, key)) throw syntaxError(cursor, `no second ${key}`);
    skipSpace(cursor);
    if (line[cursor.position] === '=') {
      cursor.position += 1;
      skipSpace(cursor);
      labels[key] = readQuoted(cursor);
      skipSpace(cursor);
    } else if (quoted && metricName === undefined) {
      metricName = key;
    } else {
      throw syntaxError(cursor, '=');
    }
    if (line[cursor.position] === ',') cursor.position += 1;
    else if (line[cursor.position] !== '}') throw syntaxError(cursor, ', or }');
  }
  cursor.position += 1;
  return metricName;
}

function readQuoted(cursor: Cursor): string {
  const { line } = cursor;
  if (line[cursor.position] !== '"') throw syntaxError(cursor, '"');
  const start = cursor.position + 1;
  let end = line.indexOf('"', start);
  while (end !== -1 && isEscaped(line, start, end)) end = line.indexOf('"', end + 1);
  if (end === -1) throw syntaxError(cursor, 'a closing quote');
  cursor.position = end + 1;
  const raw = line.slice(start, end);
  return raw.includes('\\') ? raw.replace(/\\([\\"n])/g, (_, char: string) => (char === 'n' ? '\n' : char)) : raw;
}

function isEscaped(line: string, start: number, position: number): boolean {
  let backslashes = 0;
  while (position - 1 - backslashes >= start && line[position - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

const TOKEN = /[^ \t#]+/y;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function readOptionalNumber(cursor: Cursor): number | undefined {
  skipSpace(cursor);
  TOKEN.lastIndex = cursor.position;
  const token = TOKEN.exec(cursor.line)?.[0];
  if (token === undefined) return undefined;
  cursor.position += token.length;
  if (NUMBER.test(token)) return Number(token);
  switch (token.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case '+inf':
    case 'inf':
    case '+infinity':
    case 'infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      throw syntaxError(cursor, `a number, not ${token.slice(0, 40)},`);
  }
}

function readNumber(cursor: Cursor, what: string): number {
  const number = readOptionalNumber(cursor);
  if (number === undefined) throw syntaxError(cursor, what);
  return number;
}

/** In milliseconds: the classic format only has whole milliseconds, OpenMetrics has seconds. */
function readTimestamp(cursor: Cursor, format: Format): number | undefined {
  const timestamp = readOptionalNumber(cursor);
  if (timestamp === undefined) return undefined;
  if (format === 'openmetrics') return timestamp * 1000;
  if (!/[ \t]-?\d+$/.test(cursor.line.slice(0, cursor.position)))
    throw syntaxError(cursor, 'a timestamp in whole milliseconds');
  return timestamp;
}

/** ` # {traceID="…"} 0.05 1763700000.123`; the timestamp is in seconds. */
function readExemplar(cursor: Cursor): Exemplar | undefined {
  skipSpace(cursor);
  if (cursor.line[cursor.position] !== '#') return undefined;
  cursor.position += 1;
  skipSpace(cursor);
  if (cursor.line[cursor.position] !== '{') throw syntaxError(cursor, "an exemplar's labels");
  const labels: Record<string, string> = {};
  readLabels(cursor, labels);
  const value = readNumber(cursor, "an exemplar's value");
  const timestamp = readOptionalNumber(cursor);
  return { labels, value, timestampMs: timestamp === undefined ? undefined : timestamp * 1000 };
}

function skipSpace(cursor: Cursor): void {
  while (cursor.line[cursor.position] === ' ' || cursor.line[cursor.position] === '\t') cursor.position += 1;
}

function syntaxError({ position, lineNumber }: Cursor, expected: string): MetricsSyntaxError {
  return new MetricsSyntaxError(`line ${lineNumber}, column ${position + 1}: expected ${expected}`);
}
