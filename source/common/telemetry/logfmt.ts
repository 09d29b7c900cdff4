/** The values that a log line can carry. `undefined` leaves the field out. */
export type FieldValue = string | number | boolean | undefined;
export type Fields = Record<string, FieldValue>;

/** Bare words stay bare; everything else is quoted as Loki's `logfmt` parser reads it. */
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
