import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** The messages of a .proto file. */
export function loadProto(file: URL): protobuf.Root {
  return protobuf.parse(readFileSync(file, 'utf8')).root;
}
