import { createStore } from '@mythical/ui/page/store.ts';
import { useCallback } from 'react';
import { NEWEST_QUERY } from '../queries/newest.ts';
import { query, rowsOf, type Summary, summary } from './api.ts';
import { usePolling } from './refresh.ts';
import { parseTime } from './time.ts';

/** How much telemetry lens has, and how recent it is. */

export type Signal = 'spans' | 'logs' | 'metricSamples' | 'profiles';

/** A signal is quiet if its newest item is older than this. Profiles arrive every 15 s. */
const QUIET_AFTER_MS: Record<Signal, number> = { spans: 20_000, logs: 20_000, metricSamples: 20_000, profiles: 45_000 };
export const SIGNALS = Object.keys(QUIET_AFTER_MS) as Signal[];

export type Overview = {
  counts: Summary | undefined;
  /** Age of each signal's newest item in ms; NaN if there is none. */
  ages: Record<Signal, number>;
  state: 'connecting' | 'receiving' | 'waiting' | 'quiet' | 'lost';
  /** The reason for `lost`. */
  reason?: string | undefined;
};

const NO_AGES = { spans: Number.NaN, logs: Number.NaN, metricSamples: Number.NaN, profiles: Number.NaN };
export const overview = createStore<Overview>({ counts: undefined, ages: NO_AGES, state: 'connecting' });
/** Names of the services that have sent telemetry. */
export const services = createStore<readonly string[]>([]);

export function isQuiet(signal: Signal, ages: Overview['ages']): boolean {
  return !(ages[signal] < QUIET_AFTER_MS[signal]);
}

export function useOverviewPolling(): void {
  usePolling(useCallback(poll, []));
}

async function poll(): Promise<void> {
  const [summed, newest] = await Promise.all([summary(), query(NEWEST_QUERY.text)]);
  const counts = summed?.result;
  if (counts === undefined || newest?.result === undefined) {
    const reason = summed?.problem ?? newest?.problem ?? `no response from ${location.host}`;
    return overview.update((before) => ({ ...before, state: 'lost', reason }));
  }
  const [row] = rowsOf<Record<Signal | 'now', string | null>>(newest.result);
  const ages = { ...NO_AGES };
  for (const signal of SIGNALS) ages[signal] = parseTime(row?.now) - parseTime(row?.[signal]);
  const isReceiving = SIGNALS.some((signal) => !isQuiet(signal, ages));
  const hasAny = SIGNALS.some((signal) => !Number.isNaN(ages[signal]));
  overview.update(() => ({ counts, ages, state: isReceiving ? 'receiving' : hasAny ? 'quiet' : 'waiting' }));
  const names = counts.services.map(({ name }) => name).sort();
  services.update((before) => (before.join() === names.join() ? before : names));
}
