import { randomBytes } from 'node:crypto';
import { EXPORT_METHODS, EXPORT_REQUESTS } from '@mythical/common/otlp';
import { encodeMessage } from '@mythical/common/proto';
import { BEASTS, chance, SPANS_PER_TRACE, spanId, traceId } from './ids.ts';
import type { Requests } from './request.ts';
import { type Attributes, attributesOf, resourceOf, TRACE, TRACE_SERVICES } from './trace.ts';

/** What is sent are copies of these with other ids and times, which is much cheaper than encoding. */
const ENCODED_SPANS = 16 * 512;

/** Writes a span's value to where its marker is in the encoded request. */
type Write = (bytes: Buffer, at: number, trace: number, startMicros: number) => void;
type Patch = { trace: number; at: number; write: Write };

/** @param batch spans in a request; by default the SDK's maximum */
export function spanRequests(firstRow = 0, batch = 512): Requests {
  const traces = batch / SPANS_PER_TRACE;
  const templates = Array.from({ length: Math.ceil(ENCODED_SPANS / batch) }, (_, index) => template(index, traces));
  let sent = 0;
  return (fromMs, toMs) => {
    const { bytes, patches } = templates[sent % templates.length]!;
    const first = firstRow / SPANS_PER_TRACE + sent * traces;
    sent += 1;
    for (const { trace, at, write } of patches) {
      write(bytes, at, first + trace, Math.round((fromMs + ((toMs - fromMs) * trace) / traces) * 1000));
    }
    const spans = traces * SPANS_PER_TRACE;
    return { path: EXPORT_METHODS.traces, body: Buffer.from(bytes), items: spans, rows: spans };
  };
}

function template(seed: number, traces: number): { bytes: Buffer; patches: Patch[] } {
  const services = TRACE_SERVICES.map((service) => ({
    service,
    spans: Array.from({ length: traces }, (_, trace) => trace).flatMap((trace) =>
      TRACE.flatMap((span, index) => (span.service === service ? [markedSpan(seed * traces, trace, index)] : [])),
    ),
  }));
  const bytes = encodeMessage(EXPORT_REQUESTS.traces, {
    resourceSpans: services.map(({ service, spans }) => ({
      resource: { attributes: pairs(resourceOf(service)) },
      scopeSpans: [{ spans: spans.map(({ encoded }) => encoded) }],
    })),
  });
  let at = 0;
  const patches = services.flatMap(({ spans }) =>
    spans.flatMap(({ trace, markers }) =>
      markers.map(([marker, write]): Patch => {
        at = bytes.indexOf(marker, at);
        return { trace, at, write };
      }),
    ),
  );
  return { bytes, patches };
}

/** A span with random markers instead of values, in the order of their fields. */
function markedSpan(seed: number, trace: number, span: number) {
  const { name, kind, parent, attributes } = TRACE[span]!;
  const random = chance(seed + trace);
  const beast = BEASTS[Math.floor(random * BEASTS.length)]!;
  const failed = (random * 1000) % 1 < 0.03;
  // Most take a few milliseconds, some a second.
  const durationMicros =
    Math.exp(chance((seed + trace) * SPANS_PER_TRACE + span) ** 3 * 6) * 1000 * (SPANS_PER_TRACE - span);
  const [ofTrace, ofSpan, ofParent, start, end] = [16, 8, 8, 8, 8].map((length) => randomBytes(length)) as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const profileId = randomBytes(8).toString('hex');
  const time = (micros: number) => BigInt(Math.round(micros)) * 1000n;
  const markers: [Buffer, Write][] = [
    [ofTrace, (bytes, at, number) => bytes.write(traceId(number), at, 'hex')],
    [ofSpan, (bytes, at, number) => bytes.write(spanId(number, span), at, 'hex')],
    [start, (bytes, at, _, micros) => bytes.writeBigUInt64LE(time(micros + span), at)],
    [end, (bytes, at, _, micros) => bytes.writeBigUInt64LE(time(micros + span + durationMicros), at)],
    [Buffer.from(profileId), (bytes, at, number) => bytes.write(spanId(number, span), at)],
  ];
  if (parent !== undefined)
    markers.splice(2, 0, [ofParent, (bytes, at, number) => bytes.write(spanId(number, parent), at, 'hex')]);
  const encoded = {
    traceId: ofTrace,
    spanId: ofSpan,
    ...(parent !== undefined && { parentSpanId: ofParent }),
    name,
    kind,
    startTimeUnixNano: start.readBigUInt64LE().toString(),
    endTimeUnixNano: end.readBigUInt64LE().toString(),
    attributes: pairs(attributesOf(attributes, beast, failed, profileId)),
    status: failed ? { code: 2, message: 'null value in column "name"' } : { code: 0 },
  };
  return { trace, markers, encoded };
}

function pairs(attributes: Attributes) {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: value } : { stringValue: value },
  }));
}
