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
  for (const [index, line] of text.split('\n').entries()) {
    const cursor: Cursor = { line, position: 0, lineNumber: index + 1 };
    skipSpace(cursor);
    if (isAtEnd(cursor)) continue;
    if (line[cursor.position] !== '#') samples.push(parseSample(cursor, types, format));
    else if (readComment(cursor, types) === 'EOF' && format === 'openmetrics') break;
  }
  return samples;
}

/** Reads `# TYPE name type` or `# EOF`; other comments are skipped. */
function readComment(cursor: Cursor, types: Map<string, MetricType>): string | undefined {
  take(cursor, '#');
  const keyword = read(cursor, KEYWORD);
  if (keyword === 'TYPE') {
    const name = readQuoted(cursor) ?? read(cursor, NAME) ?? '';
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
  const labels: Record<string, string> = {};
  // Since Prometheus 3, names with other characters are quoted inside the braces: {"http.requests", code="200"}
  const name = read(cursor, NAME) ?? '';
  const quoted = take(cursor, '{') ? readLabels(cursor, labels) : undefined;
  const fullName = name || quoted;
  if (!fullName) throw syntaxError(cursor, 'a metric name');
  const value = readNumber(cursor, 'a value');
  const timestampMs = readTimestamp(cursor, format);
  const exemplar = take(cursor, '#') ? readExemplar(cursor) : undefined;
  if (!isAtEnd(cursor)) throw syntaxError(cursor, 'the end of the line');
  return { name: fullName, type: typeOf(fullName, types), labels, value, timestampMs, exemplar };
}

type Cursor = { readonly line: string; position: number; readonly lineNumber: number };

const KEYWORD = /(?<=[ \t])(?:TYPE|EOF)(?![^ \t\r])/y;
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const QUOTED = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const WORD = /[^ \t\r#]+/y;

/** Reads a token, if it is the next one, and the space after it. */
function read(cursor: Cursor, token: RegExp): string | undefined {
  token.lastIndex = cursor.position;
  if (!token.test(cursor.line)) return undefined;
  const text = cursor.line.slice(cursor.position, token.lastIndex);
  cursor.position = token.lastIndex;
  skipSpace(cursor);
  return text;
}

/** The same for a single character. */
function take(cursor: Cursor, character: string): boolean {
  if (cursor.line[cursor.position] !== character) return false;
  cursor.position += 1;
  skipSpace(cursor);
  return true;
}

function skipSpace(cursor: Cursor): void {
  while (cursor.line[cursor.position] === ' ' || cursor.line[cursor.position] === '\t') cursor.position += 1;
}

/** Reads `a="x",b="y"}` into `labels`. @returns the metric's name if it is inside the braces */
function readLabels(cursor: Cursor, labels: Record<string, string>): string | undefined {
  let metricName: string | undefined;
  while (!take(cursor, '}')) {
    const quoted = readQuoted(cursor);
    const key = quoted ?? read(cursor, NAME);
    if (!key) throw syntaxError(cursor, 'a label name');
    if (Object.hasOwn(labels, key)) throw syntaxError(cursor, `no second ${key}`);
    if (take(cursor, '=')) {
      const value = readQuoted(cursor);
      if (value === undefined) throw syntaxError(cursor, '"');
      labels[key] = value;
    } else if (quoted !== undefined && metricName === undefined) metricName = key;
    else throw syntaxError(cursor, '=');
    if (!take(cursor, ',') && cursor.line[cursor.position] !== '}') throw syntaxError(cursor, ', or }');
  }
  return metricName;
}

function readQuoted(cursor: Cursor): string | undefined {
  if (cursor.line[cursor.position] !== '"') return undefined;
  const raw = read(cursor, QUOTED)?.slice(1, -1);
  if (raw === undefined) throw syntaxError(cursor, 'a closing quote');
  if (!raw.includes('\\')) return raw;
  return raw.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;

function readOptionalNumber(cursor: Cursor): number | undefined {
  const word = read(cursor, WORD);
  if (word === undefined) return undefined;
  if (NUMBER.test(word)) return Number(word);
  if (/^nan$/i.test(word)) return Number.NaN;
  const infinite = INFINITE.exec(word);
  if (infinite === null) throw syntaxError(cursor, `a number, not ${word.slice(0, 40)},`);
  return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function readNumber(cursor: Cursor, what: string): number {
  const number = readOptionalNumber(cursor);
  if (number === undefined) throw syntaxError(cursor, what);
  return number;
}

/** In milliseconds: the classic format only has whole milliseconds, OpenMetrics has seconds. */
function readTimestamp(cursor: Cursor, format: Format): number | undefined {
  const start = cursor.position;
  const timestamp = readOptionalNumber(cursor);
  if (timestamp === undefined) return undefined;
  if (format === 'openmetrics') return timestamp * 1000;
  if (!/^-?\d+\s*$/.test(cursor.line.slice(start, cursor.position))) {
    throw syntaxError(cursor, 'a timestamp in whole milliseconds');
  }
  return timestamp;
}

/** Reads the rest of ` # {traceID="…"} 0.05 1763700000.123`; the timestamp is in seconds. */
function readExemplar(cursor: Cursor): Exemplar {
  if (!take(cursor, '{')) throw syntaxError(cursor, "an exemplar's labels");
  const labels: Record<string, string> = {};
  readLabels(cursor, labels);
  const value = readNumber(cursor, "an exemplar's value");
  return { labels, value, timestampMs: readTimestamp(cursor, 'openmetrics') };
}

/** Lines may end with a carriage return. */
function isAtEnd({ line, position }: Cursor): boolean {
  return position === line.length || (position === line.length - 1 && line[position] === '\r');
}

function syntaxError({ position, lineNumber }: Cursor, expected: string): MetricsSyntaxError {
  return new MetricsSyntaxError(`line ${lineNumber}, column ${position + 1}: expected ${expected}`);
}
