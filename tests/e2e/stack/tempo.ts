import { ADDRESSES } from './addresses.ts';
import { getJson, requestJson } from './http.ts';

export type Span = {
  traceId: string;
  spanId: string;
  /** Absent on the root. */
  parentSpanId?: string;
  service: string;
  name: string;
  attributes: Record<string, string | number | boolean>;
};

type Value = { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean };
type Attributes = { key: string; value: Value }[];

/** Ids of traces that a TraceQL query finds in the last `minutes`. */
export async function search(traceql: string, { limit = 50, minutes = 5 } = {}): Promise<string[]> {
  const now = Math.ceil(Date.now() / 1000);
  const { traces = [] } = await getJson<{ traces?: { traceID: string }[] }>(`${ADDRESSES.tempo}/api/search`, {
    q: traceql,
    limit: String(limit),
    start: String(now - minutes * 60),
    end: String(now),
  });
  return traces.map(({ traceID }) => traceID.padStart(32, '0'));
}

/** All spans of a trace; none when Tempo doesn't have it. */
export async function trace(id: string): Promise<Span[]> {
  const response = await requestJson(`${ADDRESSES.tempo}/api/v2/traces/${id}`);
  if (response.status === 404) return [];
  const { trace } = response.body as {
    trace?: {
      resourceSpans: {
        resource: { attributes: Attributes };
        scopeSpans: {
          spans: { traceId: string; spanId: string; parentSpanId?: string; name: string; attributes?: Attributes }[];
        }[];
      }[];
    };
  };
  return (trace?.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: hex(span.traceId),
        spanId: hex(span.spanId),
        ...(span.parentSpanId && { parentSpanId: hex(span.parentSpanId) }),
        service: String(plain(resource.attributes)['service.name']),
        name: span.name,
        attributes: plain(span.attributes ?? []),
      })),
    ),
  );
}

/** The spans of each trace; a few at a time, as a person's tools would ask. */
export async function traces(ids: string[]): Promise<Span[][]> {
  const found: Span[][] = [];
  for (let start = 0; start < ids.length; start += 10) {
    found.push(...(await Promise.all(ids.slice(start, start + 10).map(trace))));
  }
  return found;
}

/** Protobuf's JSON has bytes in base64. */
const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');

const plain = (attributes: Attributes) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [
      key,
      value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
    ]),
  );
