import type { Value } from './evaluate.ts';
import type { Node } from './graph.ts';

/** Defaults of arguments that requirements ask for, from the references of Alloy and the Collector. */
const DEFAULTS: [kind: RegExp, attribute: string, value: Value][] = [
  [/^otelcol\.receiver\.otlp$/, 'grpc/endpoint', '0.0.0.0:4317'],
  [/^otelcol\.receiver\.otlp$/, 'http/endpoint', '0.0.0.0:4318'],
  [/^(loki\.source\.api|pyroscope\.receive_http)$/, 'http/listen_address', ''],
  [/^prometheus\.remote_write$/, 'wal/truncate_frequency', '2h'],
  [/^prometheus\.remote_write$/, 'wal/max_keepalive_time', '8h'],
  [/^(otelcol\.exporter|exporters)\.otlp(http)?$/, 'sending_queue/enabled', true],
  [/^(otelcol\.exporter|exporters)\.otlp(http)?$/, 'sending_queue/sizer', 'requests'],
  [/^(otelcol\.exporter|exporters)\.otlp(http)?$/, 'retry_on_failure/enabled', true],
];

/** A receiver opens a port only if it has the block of the protocol. */
const NEEDS_ITS_BLOCK = /^(grpc|http)\/endpoint$/;

/** The value of an argument that is not set. */
export function defaultOf({ kind, settings }: Node, attribute: string): Value | undefined {
  const [block] = attribute.split('/');
  if (NEEDS_ITS_BLOCK.test(attribute) && !settings.blocks.some(({ name }) => name === block)) return undefined;
  return DEFAULTS.find(([kinds, name]) => kinds.test(kind) && name === attribute)?.[2];
}
