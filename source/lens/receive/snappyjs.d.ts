declare module 'snappyjs' {
  /** @throws {Error} where it is not valid, or would be longer than `maxLength` */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
