import { messageOf } from '@mythical/common/error-message';
/** The maximum size of a request, before and after decompression. */
export const MAX_PAYLOAD_BYTES = 16 * 2 ** 20;

/** The payload is invalid: clients must not retry. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** The write buffer is full, or rows can't be written now: clients should retry later. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  constructor(message = 'lens is busy; retry later') {
    super(message);
  }
}

/** Runs a decoder and turns its errors into a PayloadError. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof PayloadError) throw error;
    // A decoder's message may quote the whole payload.
    const reason = messageOf(error).slice(0, MAX_REASON_CHARS);
    throw new PayloadError(`not valid ${what}: ${reason.toWellFormed()}`);
  }
}

const MAX_REASON_CHARS = 500;

/** A JSON escape: a surrogate pair, a lone surrogate (the group), or anything else. */
const ESCAPE = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

/**
 * Parses JSON. Like in Go, a lone surrogate becomes U+FFFD: DuckDB can't parse JSON that contains one, and every query
 * over such a row would fail.
 */
export function parseJson(text: string, revive?: Revive): unknown {
  const wellFormed = /\\u[dD]/.test(text)
    ? text.replace(ESCAPE, (whole, half?: string) => (half === undefined ? whole : '\\ufffd'))
    : text;
  return decoding('JSON', () => JSON.parse(wellFormed, revive as Parameters<typeof JSON.parse>[1]));
}

/** @param context `source` is the text of a primitive value */
type Revive = (key: string, value: unknown, context: { source?: string }) => unknown;

/** Receivers ignore unknown fields, but a sender without any known field should learn that nothing was stored. */
export function expectKnownField(json: unknown, known: readonly string[]): void {
  const fields = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  if (fields.length === 0 || fields.some((field) => known.includes(field))) return;
  throw new PayloadError(`expected ${known[0]}, not ${fields.slice(0, 5).join(', ').slice(0, 100)}`);
}
