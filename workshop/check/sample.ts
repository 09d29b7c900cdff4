import { isRecord, type Value } from '../alloy/evaluate.ts';
import type { Place, Settings } from '../alloy/graph.ts';

// A sample goes through the components of a path, and each changes it as the real one would. So a check looks at the output, and
// never at how it was produced.

/** A series, a log line or a span on its way. */
export type Sample = {
  labels: Record<string, string>;
  line?: string;
  /** In milliseconds. */
  timestamp?: number;
  metadata?: Record<string, string>;
  /** For a span. */
  attributes?: Record<string, string>;
  /** For a trace that a sampler decides about. */
  trace?: { milliseconds: number; isError: boolean };
  /** Where it was dropped. */
  dropped?: Place;
  /** The place that last changed a label, the line, and so on: where to look if it is wrong. */
  touched: Record<string, Place>;
  /** The place that gave something its name: where to look if the name is wrong. */
  named: Record<string, Place>;
};

export const emptySample = (): Sample => ({ labels: {}, touched: {}, named: {} });

/** The effect of a component can't be known here: the running Alloy has to show it. */
export class CannotTell extends Error {
  place: Place;
  what: string;
  constructor(what: string, place: Place) {
    super(what);
    this.what = what;
    this.place = place;
  }
}

export function text(settings: Settings, name: string, preset = ''): string {
  const value = settings.value(name);
  if (value === undefined || value === null) return preset;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new CannotTell(name, settings.placeOf(name));
}

export function texts(settings: Settings, name: string): string[] {
  const value = settings.value(name) ?? [];
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value;
  throw new CannotTell(name, settings.placeOf(name));
}

/** A map of strings; a value of null or "" counts as missing. */
export function map(settings: Settings, name: string): Record<string, string> {
  const value = settings.value(name) ?? {};
  if (!isRecord(value)) throw new CannotTell(name, settings.placeOf(name));
  return Object.fromEntries(Object.entries(value).map(([key, value]) => [key, asText(value, settings, name)]));
}

function asText(value: Value, settings: Settings, name: string): string {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new CannotTell(name, settings.placeOf(name));
}

/** A Go regular expression (RE2), translated to JavaScript. */
export function regex(source: string, settings: Settings, name: string, flags = '', isWhole = false): RegExp {
  const flagged = /^\(\?([imsU]+)\)/.exec(source);
  const rest = (flagged ? source.slice(flagged[0].length) : source).replaceAll('(?P<', '(?<');
  const all = new Set(`${flags}${flagged?.[1]?.replace('U', '') ?? ''}`);
  try {
    return new RegExp(isWhole ? `^(?:${rest})$` : rest, [...all].join(''));
  } catch {
    throw new CannotTell(name, settings.placeOf(name));
  }
}

/** One that must match a whole value, as in relabel rules and selectors. */
export const wholeRegex = (source: string, settings: Settings, name: string, flags = ''): RegExp =>
  regex(source, settings, name, flags, true);
