import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The messages of a .proto file. */
export function loadProto(file: URL): protobuf.Root {
  return protobuf.parse(readFileSync(file, 'utf8')).root;
}

/** @param message with 64-bit numbers as text, where they may be greater than JavaScript's */
export function encodeMessage(type: protobuf.Type, message: Record<string, unknown>): Buffer {
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}
