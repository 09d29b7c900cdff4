/** Real telemetry to start from: what a user has on screen when they click. */
export type Samples = { spans: Span[]; lines: Line[]; exemplars: Exemplar[] };

/** A span, as a row of the table that Grafana makes of a trace. */
// Grafana: pkg/tsdb/tempo/trace_transform.go, TraceToFrame
export type Span = {
  traceID: string;
  spanID: string;
  /** Absent for the root span. */
  parentSpanID?: string;
  operationName: string;
  serviceName: string;
  /** Attributes of the resource, and of the span. */
  serviceTags: KeyValue[];
  tags: KeyValue[];
  /** In milliseconds since 1970, and in milliseconds; with fractions. */
  startTime: number;
  duration: number;
  /** The name and duration of the whole trace. */
  trace: { traceId: string; name: string; duration: number };
};

export type KeyValue = { key: string; value: string | number | boolean };

/** A log line. Stream labels and structured metadata are one set, as in Grafana. */
export type Line = { labels: Record<string, string>; text: string };

export type Exemplar = { labels: Record<string, string> };

/** The responses of Tempo's `/api/traces/<id>` and `/api/v2/traces/<id>`. */
export type TempoTrace = { batches?: ResourceSpans[]; trace?: { resourceSpans?: ResourceSpans[] } };

type ResourceSpans = {
  resource: { attributes?: OtlpAttribute[] };
  scopeSpans: {
    spans: {
      traceId: string;
      spanId: string;
      parentSpanId?: string;
      name: string;
      startTimeUnixNano: string;
      endTimeUnixNano: string;
      attributes?: OtlpAttribute[];
    }[];
  }[];
};

type OtlpAttribute = {
  key: string;
  value: { stringValue?: string; intValue?: string | number; doubleValue?: number; boolValue?: boolean };
};

export function spansOf(answer: TempoTrace): Span[] {
  const spans = (answer.trace?.resourceSpans ?? answer.batches ?? []).flatMap(({ resource, scopeSpans }) => {
    const serviceTags = plain(resource.attributes);
    const serviceName = String(serviceTags.find(({ key }) => key === 'service.name')?.value ?? '');
    return scopeSpans.flatMap((scope) =>
      scope.spans.map((span) => ({
        traceID: hex(span.traceId),
        spanID: hex(span.spanId),
        ...(span.parentSpanId && { parentSpanID: hex(span.parentSpanId) }),
        operationName: span.name,
        serviceName,
        serviceTags,
        tags: plain(span.attributes),
        startTime: Number(span.startTimeUnixNano) / 1e6,
        duration: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
      })),
    );
  });
  const root = spans.find(({ parentSpanID }) => parentSpanID === undefined) ?? spans[0];
  if (root === undefined) return [];
  const end = Math.max(...spans.map(({ startTime, duration }) => startTime + duration));
  const trace = { traceId: root.traceID, name: root.operationName, duration: end - root.startTime };
  return spans.map((span) => ({ ...span, trace }));
}

function plain(attributes: OtlpAttribute[] = []): KeyValue[] {
  return attributes.map(({ key, value }) => ({
    key,
    value: value.stringValue ?? value.boolValue ?? Number(value.intValue ?? value.doubleValue),
  }));
}

/** Protobuf's JSON has base64 IDs; OTLP's has hexadecimal IDs. */
function hex(id: string): string {
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(id) ? id : Buffer.from(id, 'base64').toString('hex');
}
