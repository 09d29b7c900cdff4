/** The most bytes of a request, also after decompression. */
export const MAX_PAYLOAD_BYTES = 16 * 2 ** 20;

/** What was received can't be understood: sending it again is of no use. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** As much is waiting to be stored as lens holds: sending it again later is of use. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  constructor() {
    super('lens is busy storing; send this again later');
  }
}

/** Runs a decoder; whatever it throws becomes a PayloadError. */
export function decoding<T>(what: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof PayloadError) throw error;
    throw new PayloadError(`not valid ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
