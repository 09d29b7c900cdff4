import componentsOfAlloy from './components.json' with { type: 'json' };

/** What flows on a connection. `config`: no data flows; one component only references the other. */
export type Signal = 'metrics' | 'logs' | 'traces' | 'profiles' | 'targets' | 'config';

/** All components of Alloy v1.18.1, with their exports and types, from its reference. */
export const COMPONENTS: Record<string, Record<string, string>> = componentsOfAlloy;

/** Blocks that configure Alloy itself and are not components. */
export const SETTINGS = ['logging', 'tracing', 'livedebugging', 'http', 'remotecfg'];
export const IMPORTS = ['import.file', 'import.string', 'import.http', 'import.git'];

/** The type that an attribute needs, if it needs an export of a known type. */
export function acceptedType(kind: string, attribute: string): string | undefined {
  const [space = '', second = ''] = kind.split('.');
  const last = attribute.split('/').at(-1)!;
  if (last === 'targets') return 'Targets';
  if (attribute === 'write_to') return kind === 'logging' ? 'LogsReceiver' : 'otelcol.Consumer';
  if (attribute === 'client/auth') return 'Handler';
  if (attribute.startsWith('output/')) {
    return kind === 'faro.receiver' && last === 'logs' ? 'LogsReceiver' : 'otelcol.Consumer';
  }
  if (attribute !== 'forward_to') return undefined;
  const target = space === 'otelcol' && second === 'exporter' ? kind.split('.')[2]! : space;
  return { prometheus: 'MetricsReceiver', loki: 'LogsReceiver', pyroscope: 'ProfilesReceiver' }[target];
}

/** The types of receivers that a component exports. */
export const receives = (kind: string): string[] =>
  Object.values(COMPONENTS[kind] ?? {}).filter((type) => /Receiver$|Consumer$/.test(type));

/** The types of receivers that a component can send to. */
export const sends = (kind: string): string[] => {
  const attributes =
    kind === 'faro.receiver' ? ['output/logs', 'output/traces'] : ['forward_to', 'write_to', 'output/traces'];
  // A component without this attribute never has this signal, except for exporters, which end a pipeline.
  const isEnd = /^otelcol\.exporter\.(?!prometheus|loki)|\.(remote_write|write|echo)$/.test(kind);
  return isEnd ? [] : attributes.flatMap((attribute) => sendsBy(kind, attribute) ?? []);
};

function sendsBy(kind: string, attribute: string): string | undefined {
  const isOtel = /^otelcol\.(receiver|processor|connector)/.test(kind) || kind === 'faro.receiver';
  if (attribute.startsWith('output/') !== isOtel) return undefined;
  return attribute === 'write_to' && kind !== 'logging' ? undefined : acceptedType(kind, attribute);
}

/** What flows through an export of this type, when an attribute references it. */
export function signalOf(type: string | undefined, attribute: string): Signal {
  const last = attribute.split('/').at(-1)!;
  if (type === 'otelcol.Consumer') return last === 'metrics' || last === 'logs' ? last : 'traces';
  const signals: Record<string, Signal> = {
    MetricsReceiver: 'metrics',
    LogsReceiver: 'logs',
    ProfilesReceiver: 'profiles',
    Targets: 'targets',
  };
  return signals[type ?? ''] ?? 'config';
}
