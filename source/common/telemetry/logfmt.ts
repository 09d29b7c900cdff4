/** Values of log fields. `undefined` omits the field. */
export type FieldValue = string | number | boolean | undefined;
export type Fields = Record<string, FieldValue>;

/** Bare words aren't quoted; Loki's `logfmt` parser reads JSON strings for everything else. */
const BARE = /^[^\s"=\\\p{Cc}]+$/u;

/** One line of logfmt: `key=value key="value with spaces"`, https://brandur.org/logfmt. */
export function formatLogfmt(fields: Fields): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) parts.push(`${key}=${quote(String(value))}`);
  }
  return parts.join(' ');
}

function quote(text: string): string {
  return BARE.test(text) ? text : JSON.stringify(text);
}
