/** Values of log fields. `undefined` omits the field. */
export type FieldValue = string | number | boolean | undefined;
export type Fields = Record<string, FieldValue>;

/** Bare words aren't quoted; Loki's `logfmt` parser reads JSON strings for everything else. */
const BARE = /^[^\s"=\\\p{Cc}]+$/u;
/** Most values; much faster to match. */
const PLAIN = /^[\w.:/-]+$/;

/** One line of logfmt: `key=value key="value with spaces"`, https://brandur.org/logfmt. */
export function formatLogfmt(fields: Fields): string {
  const parts: string[] = [];
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value !== undefined) parts.push(`${key}=${typeof value === 'string' ? quote(value) : value}`);
  }
  return parts.join(' ');
}

function quote(text: string): string {
  return PLAIN.test(text) || BARE.test(text) ? text : JSON.stringify(text);
}
