import { parseTime } from './time.ts';

/** Time series of a chart. */
export type Lines = {
  /** Seconds since 1970, ascending. */
  times: number[];
  series: Series[];
};
/** `colour` is any CSS colour, including `var(--x)`. */
export type Series = { name: string; colour: string; values: (number | null)[] };

/** A row of a query result. */
type Point = { time: string; series: string | null; value: number | null | undefined };

/** Converts points to aligned series; `gap` fills in missing ones. */
export function pivot(
  points: readonly Point[],
  stepSeconds: number,
  gap: number | null,
  colour: (name: string, index: number) => string,
): Lines {
  if (points.length === 0) return { times: [], series: [] };
  const names = [...new Set(points.map(({ series }) => String(series)))].sort();
  const seconds = points.map(({ time }) => parseTime(time) / 1000);
  const first = Math.min(...seconds);
  const last = Math.max(...seconds);
  const count = Math.min(5000, Math.round((last - first) / stepSeconds) + 1);
  const times = Array.from({ length: count }, (_, index) => first + index * stepSeconds);
  const series = names.map((name, index) => ({
    name,
    colour: colour(name, index),
    values: Array<number | null>(count).fill(gap),
  }));
  const byName = new Map(series.map((one) => [one.name, one]));
  points.forEach(({ series: name, value }, index) => {
    const at = Math.round((seconds[index]! - first) / stepSeconds);
    if (at < count) byName.get(String(name))!.values[at] = value ?? null;
  });
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
