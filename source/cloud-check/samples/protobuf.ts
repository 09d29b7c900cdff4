import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** A message of a .proto file, whose path is seen from here. */
export function messageType(file: string, name: string): protobuf.Type {
  return protobuf.parse(readFileSync(new URL(file, import.meta.url), 'utf8')).root.lookupType(name);
}

export function encodeProtobuf(type: protobuf.Type, message: Record<string, unknown>): Buffer {
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}
