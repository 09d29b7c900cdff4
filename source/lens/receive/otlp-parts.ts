import { loadProto } from '@mythical/common/proto';
import { decoding } from './payload.ts';

const EXPORT_REQUEST = loadProto(new URL('otlp-parts.proto', import.meta.url)).lookupType('ExportRequest');

type ExportRequest = {
  resourceItems: { resource: Uint8Array; scopeItems: { items: Uint8Array[] }[] }[];
};

/** Decoding and storing this many bytes takes a few milliseconds. */
const WHOLE_BYTES = 128 * 1024;
const ITEMS = 128;

/**
 * Cuts an encoded OTLP request into requests of at most 128 spans, log records or metrics. Collectors send thousands at
 * once, and decoding these without a pause would block the event loop.
 *
 * @throws {PayloadError}
 */
export function* partsOf(body: Uint8Array): Generator<Uint8Array> {
  if (body.length <= WHOLE_BYTES) return yield body;
  const request = decoding('OTLP protobuf', () => EXPORT_REQUEST.decode(body) as unknown as ExportRequest);
  for (const { resource, scopeItems } of request.resourceItems) {
    for (const { items } of scopeItems) {
      for (let start = 0; start < items.length; start += ITEMS) {
        const part = [{ resource, scopeItems: [{ items: items.slice(start, start + ITEMS) }] }];
        yield EXPORT_REQUEST.encode({ resourceItems: part }).finish();
      }
    }
  }
}
