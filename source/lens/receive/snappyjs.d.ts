declare module 'snappyjs' {
  /** @throws {Error} if it is invalid, or longer than `maxLength` */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
