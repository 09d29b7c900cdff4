import { gunzipSync } from 'node:zlib';

/** The ids of the spans in a gRPC call of OTLP's `Export`, of which only the fields on the way there are read. */
export function spansOfExport(frame: Buffer): string[] {
  const isCompressed = frame[0] === 1;
  const message = frame.subarray(5, 5 + frame.readUInt32BE(1));
  const request = isCompressed ? gunzipSync(message) : message;
  // resource_spans = 1, scope_spans = 2, spans = 2, span_id = 2.
  return fields(request, 1)
    .flatMap((resourceSpans) => fields(resourceSpans, 2))
    .flatMap((scopeSpans) => fields(scopeSpans, 2))
    .flatMap((span) => fields(span, 2))
    .map((id) => id.toString('hex'));
}

/** The values of a field that has a length: https://protobuf.dev/programming-guides/encoding/. */
function fields(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    let [value, shift] = [0, 0];
    for (;;) {
      const byte = message[at++]!;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
      shift += 7;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const [number, wireType] = [tag >>> 3, tag & 7];
    if (wireType === 0) varint();
    else if (wireType === 1) at += 8;
    else if (wireType === 5) at += 4;
    else {
      const length = varint();
      if (number === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
