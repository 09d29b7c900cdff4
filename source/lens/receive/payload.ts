/** The most bytes of a request, also after decompression. */
export const MAX_PAYLOAD_BYTES = 16 * 2 ** 20;

/** What was received can't be understood: sending it again is of no use. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** As much is waiting to be stored as lens holds, or it can't be stored now: sending it again later is of use. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  constructor(message = 'lens is busy storing; send this again later') {
    super(message);
  }
}

/** Runs a decoder; whatever it throws becomes a PayloadError. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof PayloadError) throw error;
    // A decoder may quote what it was given, and that may be all of the payload.
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON_CHARS);
    throw new PayloadError(`not valid ${what}: ${reason.toWellFormed()}`);
  }
}

const MAX_REASON_CHARS = 500;

/** An escape of JSON: of a pair of surrogates, of half a pair (the group), or of anything else. */
const ESCAPE = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|(u[dD][89a-fA-F][\da-fA-F]{2})|.)/gs;

/**
 * What JSON means. Half of a pair of surrogates is no character and becomes U+FFFD, as it does in Go: DuckDB can't read
 * JSON that has one, so that each query that meets such a row fails.
 */
export function parseJson(text: string, revive?: Revive): unknown {
  const wellFormed = /\\u[dD]/.test(text)
    ? text.replace(ESCAPE, (whole, half?: string) => (half === undefined ? whole : '\\ufffd'))
    : text;
  return decoding('JSON', () => JSON.parse(wellFormed, revive as Parameters<typeof JSON.parse>[1]));
}

/** @param context has the text that a number, a string, true, false or null was made of */
export type Revive = (key: string, value: unknown, context: { source?: string }) => unknown;

/**
 * Formats of messages let a receiver ignore the fields that it doesn't know; but where it knows none at all, the sender
 * means something else, and would never learn that nothing of it was stored.
 */
export function expectKnownField(json: unknown, known: readonly string[]): void {
  const fields = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  if (fields.length === 0 || fields.some((field) => known.includes(field))) return;
  throw new PayloadError(`expected ${known[0]}, not ${fields.slice(0, 5).join(', ').slice(0, 100)}`);
}
