import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(readFileSync(new URL('samples.proto', import.meta.url), 'utf8'));

/** @param type the name of a message in samples.proto */
export function encodeProtobuf(type: string, message: Record<string, unknown>): Buffer {
  const Message = root.lookupType(type);
  return Buffer.from(Message.encode(Message.fromObject(message)).finish());
}
