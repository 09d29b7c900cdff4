import type { MetricType } from '../store/schema.ts';
import type { KeyValue, Metric } from './otlp-messages.ts';
import { type Attributes, attributesOf, text } from './otlp-values.ts';

/**
 * Converts attributes to labels. If several map to the same label, their values are joined, sorted by key:
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes
 */
export function labelsOf(pairs: readonly KeyValue[]): Attributes {
  const labels: Attributes = {};
  const attributes = Object.entries(attributesOf(pairs)).filter(([key]) => key !== '' && key !== '__name__');
  for (const [key, value] of attributes.sort(([one], [other]) => (one < other ? -1 : 1))) {
    const name = key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, 'key_');
    const before = labels[name];
    labels[name] = before === undefined ? (text(value) ?? '') : `${before};${text(value) ?? ''}`;
  }
  return labels;
}

/** The https://ucum.org units that SDKs use, with Prometheus's names. */
const UNITS = new Map([
  ['d', 'days'],
  ['h', 'hours'],
  ['min', 'minutes'],
  ['s', 'seconds'],
  ['ms', 'milliseconds'],
  ['us', 'microseconds'],
  ['ns', 'nanoseconds'],
  ['By', 'bytes'],
  ['KiBy', 'kibibytes'],
  ['MiBy', 'mebibytes'],
  ['GiBy', 'gibibytes'],
  ['KBy', 'kilobytes'],
  ['MBy', 'megabytes'],
  ['GBy', 'gigabytes'],
  ['Cel', 'celsius'],
  ['Hz', 'hertz'],
  ['%', 'percent'],
]);

export function prometheusName({ name, unit }: Metric, type: MetricType): string {
  let result = name.replace(/[^a-zA-Z0-9_:]/g, '_').replace(/^(?=\d)/, '_');
  const word = unit === '1' ? (type === 'gauge' ? 'ratio' : undefined) : UNITS.get(unit);
  if (word !== undefined && !result.split('_').includes(word)) {
    result = result.endsWith('_total') ? `${result.slice(0, -'_total'.length)}_${word}_total` : `${result}_${word}`;
  }
  return type === 'counter' && !result.endsWith('_total') ? `${result}_total` : result;
}
