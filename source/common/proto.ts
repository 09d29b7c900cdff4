import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The messages of a .proto file. */
export function loadProto(file: URL): protobuf.Root {
  return protobuf.parse(readFileSync(file, 'utf8')).root;
}

/** @param message 64-bit numbers beyond JavaScript's safe integers as text */
export function encodeMessage(type: protobuf.Type, message: Record<string, unknown>): Buffer {
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}
