import type { Series } from '../../../tests/e2e/dashboards/answers.ts';
import { overridesOf, unitOf } from '../../../tests/e2e/dashboards/overrides.ts';
import type { Range } from '../../../tests/e2e/dashboards/range.ts';
import type { Panel } from '../../../tests/e2e/dashboards/read.ts';
import { clock, format } from './format.ts';
import { type Box, COLORS, colorOf, line, path, px, rect, text, widthOf } from './svg.ts';

const LEGEND_PX = 16;
const AXIS_PX = 54;
const TIME_PX = 14;
const MAX_SERIES = 10;
const MAX_POINTS = 48;
const MAX_EXEMPLARS = 24;

type Custom = { drawStyle?: string; stacking?: { mode?: string }; scaleDistribution?: { type?: string } };
type Drawn = {
  name: string;
  color: string;
  unit: string;
  right: boolean;
  values: (number | null)[];
  exemplars: Series['exemplars'];
};

/** Values over time, with axes and a legend. */
export function drawGraph(box: Box, panel: Panel, series: Series[], range: Range): string {
  const { defaults } = panel.fieldConfig!;
  const { drawStyle, stacking, scaleDistribution } = (defaults.custom ?? {}) as Custom;
  const stacked = stacking?.mode === 'normal';
  const logarithmic = scaleDistribution?.type === 'log';
  const times = Array.from(
    { length: MAX_POINTS },
    (_, index) => range.from + ((range.to - range.from) * (index + 0.5)) / MAX_POINTS,
  );

  const used: string[] = [];
  const drawn: Drawn[] = series
    .filter(({ points }) => points.some(([, value]) => value !== null))
    .sort((a, b) => peak(b) - peak(a))
    .slice(0, MAX_SERIES)
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((one) => {
      const { name, points, exemplars } = one;
      const own = overridesOf(panel, name);
      const fixed = own.find(({ id }) => id === 'color')?.value as { fixedColor?: string } | undefined;
      const color = fixed?.fixedColor === 'red' ? COLORS.red : colorOf(name, used);
      used.push(color);
      return {
        name,
        color,
        unit: unitOf(panel, one)!,
        right: own.some(({ id, value }) => id === 'custom.axisPlacement' && value === 'right'),
        values: sampled(points, times, (range.to - range.from) / MAX_POINTS),
        exemplars,
      };
    });

  const hasRight = drawn.some(({ right }) => right);
  const unit = drawn.find(({ right }) => !right)?.unit ?? defaults.unit;
  const plot = {
    x: box.x + AXIS_PX,
    y: box.y + 4,
    w: box.w - AXIS_PX - (hasRight ? AXIS_PX : 8),
    h: box.h - LEGEND_PX - TIME_PX - 8,
  };
  const parts: string[] = [];
  const left = scaleOf(
    drawn.filter(({ right }) => !right),
    { stacked, logarithmic, defaults, exemplars: true },
  );
  const right = scaleOf(
    drawn.filter((one) => one.right),
    { stacked: false, logarithmic: false, defaults: {}, exemplars: false },
  );
  const xOf = (at: number) => plot.x + ((at - range.from) / (range.to - range.from)) * plot.w;
  const yOf = (share: number) => plot.y + plot.h * (1 - Math.min(1.02, Math.max(0, share)));

  for (const share of [0, 0.5, 1]) {
    parts.push(line(plot.x, yOf(share), plot.x + plot.w, yOf(share), COLORS.grid));
    parts.push(
      text(plot.x - 4, yOf(share) + 3, format(left.at(share), unit), {
        size: 9,
        color: COLORS.faint,
        anchor: 'end',
      }),
    );
    if (hasRight) {
      const rightUnit = drawn.find((one) => one.right)!.unit;
      parts.push(
        text(plot.x + plot.w + 4, yOf(share) + 3, format(right.at(share), rightUnit), { size: 9, color: COLORS.faint }),
      );
    }
  }
  for (const share of [0.02, 0.5, 0.98]) {
    const at = range.from + (range.to - range.from) * share;
    parts.push(
      text(xOf(at), plot.y + plot.h + 11, clock(at).slice(0, 5), { size: 9, color: COLORS.faint, anchor: 'middle' }),
    );
  }
  for (const { value, color } of thresholdsOf(panel)) {
    const share = left.share(value);
    if (share > 0 && share <= 1)
      parts.push(line(plot.x, yOf(share), plot.x + plot.w, yOf(share), color, 'stroke-dasharray="4 4"'));
  }

  const base = times.map(() => 0);
  for (const { color, values, right: onRight } of drawn) {
    const scale = onRight ? right : left;
    if (stacked && !onRight) {
      const lower = [...base];
      values.forEach((value, index) => {
        base[index] = (base[index] ?? 0) + (value ?? 0);
      });
      if (drawStyle === 'bars') {
        const width = Math.max(1, plot.w / MAX_POINTS - 2);
        times.forEach((at, index) => {
          if (!values[index]) return;
          const [top, bottom] = [yOf(scale.share(base[index]!)), yOf(scale.share(lower[index]!))];
          parts.push(rect({ x: xOf(at) - width / 2, y: top, w: width, h: Math.max(1, bottom - top) }, color));
        });
        continue;
      }
      const upper = times.map((at, index): [number, number] => [xOf(at), yOf(scale.share(base[index]!))]);
      const under = times.map((at, index): [number, number] => [xOf(at), yOf(scale.share(lower[index]!))]).reverse();
      const outline = [...upper, ...under].map(([x, y]) => `${px(x)} ${px(y)}`).join('L');
      parts.push(`<path d="M${outline}Z" fill="${color}" fill-opacity="0.55"/>`);
    } else if (drawStyle === 'points') {
      values.forEach((value, index) => {
        if (value === null) return;
        const [x, y] = [xOf(times[index]!), yOf(scale.share(value))];
        parts.push(`<circle cx="${px(x)}" cy="${px(y)}" r="3" fill="${color}"/>`);
      });
    } else {
      parts.push(
        path(
          values.map((value, index) => (value === null ? null : [xOf(times[index]!), yOf(scale.share(value))])),
          color,
          'stroke-width="1.5" stroke-linejoin="round"',
        ),
      );
    }
  }
  const exemplars = drawn
    .flatMap((one) => one.exemplars)
    .filter(({ at, value }) => at >= range.from && at <= range.to && left.share(value) <= 1);
  for (const { at, value } of every(exemplars, MAX_EXEMPLARS)) {
    const [x, y] = [xOf(at), yOf(left.share(value))];
    parts.push(`<path d="M${px(x)} ${px(y - 4)}l4 4l-4 4l-4-4Z" fill="${COLORS.blue}" fill-opacity="0.75"/>`);
  }
  parts.push(legend({ x: box.x + 4, y: box.y + box.h - LEGEND_PX + 10, w: box.w - 8, h: LEGEND_PX }, drawn));
  return parts.join('');
}

/** What the axis shows at a height (0 to 1), and the height of a value. */
type Scale = { at: (share: number) => number; share: (value: number) => number };

function scaleOf(
  series: Drawn[],
  {
    stacked,
    logarithmic,
    defaults,
    exemplars,
  }: { stacked: boolean; logarithmic: boolean; defaults: { min?: number; max?: number }; exemplars: boolean },
): Scale {
  const sums =
    series[0]?.values.map((_, index) => series.reduce((sum, { values }) => sum + (values[index] ?? 0), 0)) ?? [];
  const all = [
    ...series.flatMap(({ values }) => values.filter((value) => value !== null)),
    ...(exemplars
      ? quantile(
          series.flatMap((one) => one.exemplars.map(({ value }) => value)),
          0.98,
        )
      : []),
  ];
  const greatest = Math.max(...(stacked ? sums : all), 0);
  if (logarithmic) {
    const positive = all.filter((value) => value > 0);
    const low = Math.log10(Math.min(...positive, greatest || 1));
    const high = Math.log10(greatest || 1);
    const width = high - low || 1;
    return {
      at: (share) => 10 ** (low + share * width),
      share: (value) => (value > 0 ? (Math.log10(value) - low) / width : 0),
    };
  }
  const min = Math.min(defaults.min ?? 0, ...all, 0);
  const max = defaults.max ?? (nice(greatest) || 1);
  return { at: (share) => min + share * (max - min), share: (value) => (value - min) / (max - min) };
}

/** The next number that is easy to read. */
function nice(value: number): number {
  if (value <= 0) return 0;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value) ?? value;
}

/** The mean of the values around each time; none where there is none. */
function sampled(points: Series['points'], times: number[], widthMs: number): (number | null)[] {
  const gaps = points.slice(1).map(([at], index) => at - points[index]![0]);
  const reach = Math.max(widthMs, ...quantile(gaps, 0.5)) / 2 + 1;
  return times.map((time) => {
    const near = points
      .filter(([at, value]) => value !== null && Math.abs(at - time) <= reach)
      .map(([, value]) => value as number);
    return near.length === 0 ? null : near.reduce((sum, value) => sum + value, 0) / near.length;
  });
}

function legend({ x, y, w }: Box, drawn: Drawn[]): string {
  const parts: string[] = [];
  let left = x;
  for (const { name, color } of drawn) {
    const width = Math.min(150, widthOf(name, 10)) + 20;
    if (left + width > x + w) {
      parts.push(text(left, y, '…', { size: 10, color: COLORS.faint }));
      break;
    }
    parts.push(rect({ x: left, y: y - 5, w: 10, h: 3 }, color));
    parts.push(text(left + 13, y, name, { size: 10, color: COLORS.faint }, 150));
    left += width;
  }
  return parts.join('');
}

export function thresholdsOf({ fieldConfig }: Panel): { value: number; color: string }[] {
  const { steps = [] } = (fieldConfig?.defaults.thresholds ?? {}) as {
    steps?: { value: number | null; color: string }[];
  };
  return steps
    .filter(({ value }) => value !== null)
    .map(({ value, color }) => ({ value: value!, color: COLORS[color as keyof typeof COLORS] ?? color }));
}

const peak = ({ points }: Series): number => Math.max(...points.map(([, value]) => value ?? 0));

function every<T>(items: T[], count: number): T[] {
  return items.length <= count
    ? items
    : Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}

/** None of none. */
function quantile(values: number[], q: number): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length === 0 ? [] : [sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!];
}
