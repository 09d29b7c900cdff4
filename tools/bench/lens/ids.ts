/**
 * Ids that look random but are numbered, so that senders of different signals, in different processes, refer to the same
 * traces without communicating.
 */
export const SPANS_PER_TRACE = 8;

export const BEASTS = ['unicorn', 'manticore', 'illithid', 'owlbear', 'beholder'];

export function traceId(trace: number): string {
  return hex(trace, 1) + hex(trace, 2) + hex(trace, 3) + hex(trace, 4);
}

/** @param span its number in the trace */
export function spanId(trace: number, span: number): string {
  return hex(trace * SPANS_PER_TRACE + span, 5) + hex(trace * SPANS_PER_TRACE + span, 6);
}

/** A number from 0 to 1, always the same for the same seed. */
export function chance(seed: number): number {
  return mix(seed, 7) / 2 ** 32;
}

/** The beginning of murmur3's finalizer is a bijection of 32 bits, so numbers below 2³² never give the same id. */
function mix(number: number, salt: number): number {
  let bits = (number + Math.imul(salt, 0x9e3779b9)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

function hex(number: number, salt: number): string {
  return mix(number, salt).toString(16).padStart(8, '0');
}
