import { parseTime } from './time.ts';

/** Time series of a chart. */
export type Lines = {
  /** Seconds since 1970, ascending. */
  times: number[];
  series: Series[];
};
/** `colour` is any CSS colour, including `var(--x)`. */
export type Series = { name: string; colour: string; values: (number | null)[] };

/** A row of a query result. Users may edit queries, so the columns may have other types. */
export type Point = { time: unknown; series: unknown; value: unknown };

/** Converts points to aligned series; `gap` fills in missing ones. */
export function pivot(
  points: readonly Point[],
  stepSeconds: number,
  gap: number | null,
  colour: (name: string, index: number) => string,
): Lines {
  const rows = points.map(({ time, series, value }) => ({
    seconds: parseTime(time) / 1000,
    series: String(series),
    value: Number(value ?? Number.NaN),
  }));
  const names = [...new Set(rows.map(({ series }) => series))].sort();
  const present = rows.map(({ seconds }) => seconds).filter((time) => Number.isFinite(time));
  if (present.length === 0) return { times: [], series: [] };
  const first = present.reduce((a, b) => Math.min(a, b));
  const last = present.reduce((a, b) => Math.max(a, b));
  const count = Math.min(5000, Math.round((last - first) / stepSeconds) + 1);
  const times = Array.from({ length: count }, (_, index) => first + index * stepSeconds);
  const series = names.map((name, index) => ({
    name,
    colour: colour(name, index),
    values: Array<number | null>(count).fill(gap),
  }));
  const byName = new Map(series.map((one) => [one.name, one]));
  for (const { seconds, series: name, value } of rows) {
    const at = Math.round((seconds - first) / stepSeconds);
    if (at >= 0 && at < count) byName.get(name)!.values[at] = Number.isFinite(value) ? value : null;
  }
  return { times, series };
}

/** Adds the following series to each, so that drawing them in this order looks stacked. */
export function stacked({ times, series }: Lines): (number | null)[][] {
  return series.map((_, line) =>
    times.map((_, at) => series.slice(line).reduce((sum, { values }) => sum + (values[at] ?? 0), 0)),
  );
}

/** Rounds up to 1, 1.5, 2, 3, 5 or 7.5 times a power of 10, so that the axis rarely changes. */
export function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 5, 7.5, 10].map((factor) => factor * power).find((top) => top >= value * 1.05) ?? power * 12;
}
