import { milliseconds } from '../correlations/variables.ts';
import type { Dashboard, Panel, Target } from './read.ts';

/** Milliseconds since 1970. */
export type Range = { from: number; to: number };

/** The time range that a dashboard opens with. */
export function openingRange({ time }: Dashboard): Range {
  const now = Date.now();
  const at = (text: string) => now + (text === 'now' ? 0 : milliseconds(text.replace(/^now/, '')));
  return { from: at(time.from), to: at(time.to) };
}

/** In pixels, for a screen of typical width with 24 columns. */
const SCREEN_PX = 1_800;
const COLUMNS = 24;

/**
 * The time between two points of a panel: as many points as it has pixels, but no more than there are samples.
 *
 * @param leastMs the minimum step of the data source
 */
// Grafana: packages/grafana-data/src/datetime/rangeutil.ts, calculateInterval
export function stepOf(panel: Panel, target: Target, range: Range, leastMs: number): number {
  const pixels = (panel.gridPos.w / COLUMNS) * SCREEN_PX;
  const least = Math.max(
    leastMs,
    ...[panel.interval, target.interval].filter((text) => text !== undefined).map(milliseconds),
  );
  return Math.max(least, Math.ceil((range.to - range.from) / pixels / 1_000) * 1_000);
}

/** Fills in the macros that a data source expands; each is a duration. */
export function fillInDurations(query: string, durations: Record<string, number>): string {
  return query.replace(/\$\{?(__\w+?)\}?(?!\w)/g, (match, name: string) => {
    const value = durations[name];
    return value === undefined ? match : name.endsWith('_ms') ? String(value) : `${value / 1_000}s`;
  });
}
