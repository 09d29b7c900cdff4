import type { Series } from '../../../tests/e2e/dashboards/answers.ts';
import type { Range } from '../../../tests/e2e/dashboards/range.ts';
import type { Panel } from '../../../tests/e2e/dashboards/read.ts';
import { format } from './format.ts';
import { type Box, COLORS, path, px, rect, text } from './svg.ts';

const lastOf = ({ points }: Series): number | null => points.findLast(([, value]) => value !== null)?.[1] ?? null;

/** The color that the thresholds give to a value. */
export function colorFor(panel: Panel, value: number | null): string {
  const { steps = [] } = (panel.fieldConfig?.defaults.thresholds ?? {}) as {
    steps?: { value: number | null; color: string }[];
  };
  const color =
    steps.filter((step) => step.value === null || (value !== null && value >= step.value)).at(-1)?.color ?? 'green';
  return COLORS[color as keyof typeof COLORS] ?? color;
}

/** One big number, or one for each series. */
export function drawStat(box: Box, panel: Panel, series: Series[], range: Range): string {
  const { unit, decimals } = panel.fieldConfig!.defaults;
  const [only] = series;
  if (series.length > 1) {
    const columns = Math.ceil(series.length / 2);
    const w = (box.w - 8) / columns;
    const h = (box.h - 4) / 2;
    return series
      .map((one, index) => {
        const value = lastOf(one);
        const cell = {
          x: box.x + 4 + (index % columns) * w,
          y: box.y + Math.floor(index / columns) * h,
          w: w - 4,
          h: h - 4,
        };
        return (
          rect(cell, colorFor(panel, value), 'rx="3" fill-opacity="0.85"') +
          text(
            cell.x + cell.w / 2,
            cell.y + cell.h / 2 + 4,
            one.name,
            { size: 10, color: '#fff', bold: true, anchor: 'middle' },
            cell.w - 6,
          )
        );
      })
      .join('');
  }
  const value = only === undefined ? null : lastOf(only);
  const parts: string[] = [];
  if (only !== undefined && panel.options?.graphMode === 'area') {
    const values = only.points.map(([, one]) => one ?? 0);
    const greatest = Math.max(...values, 1e-9);
    const points = only.points
      .filter((_, index) => index % Math.ceil(only.points.length / 40) === 0)
      .map(([at, one]): [number, number] => [
        box.x + 4 + ((at - range.from) / (range.to - range.from)) * (box.w - 8),
        box.y + box.h - 4 - ((one ?? 0) / greatest) * (box.h * 0.45),
      ]);
    parts.push(path(points, colorFor(panel, value), 'stroke-width="1" stroke-opacity="0.5"'));
  }
  const words = format(value, unit, decimals);
  const size = Math.min(28, box.h * 0.55, (box.w - 16) / (words.length * 0.62));
  parts.push(
    text(
      box.x + box.w / 2,
      box.y + box.h * 0.55 + size * 0.2,
      words,
      { size: Math.round(size), color: colorFor(panel, value), bold: true, anchor: 'middle' },
      box.w,
    ),
  );
  return parts.join('');
}

/** A bar for each series, in the order of the answer, as Grafana draws them. */
export function drawBars(box: Box, panel: Panel, series: Series[]): string {
  const { unit, decimals, max } = panel.fieldConfig!.defaults;
  const values = series
    .map((one) => ({ name: one.name, value: lastOf(one) ?? 0 }))
    .slice(0, Math.max(1, Math.floor(box.h / 17)));
  const greatest = max ?? Math.max(...values.map(({ value }) => value), 1e-9);
  const step = Math.min(26, box.h / Math.max(1, values.length));
  const names = Math.min(150, box.w * 0.35);
  return values
    .map(({ name, value }, index) => {
      const y = box.y + index * step;
      const room = box.w - names - 70;
      const color = colorFor(panel, value);
      return (
        text(box.x + names, y + step / 2 + 4, name, { size: 10, anchor: 'end' }, names) +
        rect({ x: box.x + names + 6, y: y + 3, w: room, h: step - 6 }, COLORS.grid, 'rx="2"') +
        rect(
          { x: box.x + names + 6, y: y + 3, w: (Math.min(value, greatest) / greatest) * room, h: step - 6 },
          color,
          'rx="2"',
        ) +
        text(box.x + names + 12 + room, y + step / 2 + 4, format(value, unit, decimals), {
          size: 10,
          color,
          bold: true,
        })
      );
    })
    .join('');
}

/** A band for each series: which state it was in, and when. */
export function drawBands(box: Box, panel: Panel, series: Series[], range: Range): string {
  const [mapping] = (panel.fieldConfig!.defaults.mappings ?? []) as {
    options: Record<string, { text: string; color: string }>;
  }[];
  const shown = series.slice(0, Math.max(1, Math.floor(box.h / 13)));
  const step = Math.min(30, box.h / Math.max(1, shown.length));
  const names = 118;
  const width = box.w - names - 8;
  return shown
    .map(({ name, points }, index) => {
      const y = box.y + index * step;
      const parts = [text(box.x + names - 4, y + step / 2 + 3, name, { size: 10, anchor: 'end' }, names - 4)];
      let start = 0;
      points.forEach(([at, value], position) => {
        const next = points[position + 1];
        if (next !== undefined && next[1] === value) return;
        const state = mapping?.options[String(value)];
        const from = position === start && start === 0 ? at : points[start]![0];
        const x = box.x + names + ((from - range.from) / (range.to - range.from)) * width;
        const end = box.x + names + (((next?.[0] ?? at) - range.from) / (range.to - range.from)) * width;
        parts.push(
          rect(
            { x, y: y + 2, w: Math.max(2, end - x), h: step - 4 },
            COLORS[state?.color as keyof typeof COLORS] ?? COLORS.grid,
            'fill-opacity="0.8"',
          ),
        );
        if (state && end - x > 60)
          parts.push(
            text((x + end) / 2, y + step / 2 + 3, state.text, {
              size: 9,
              color: state.color === 'transparent' ? COLORS.faint : '#fff',
              anchor: 'middle',
            }),
          );
        start = position + 1;
      });
      return parts.join('');
    })
    .join('');
}

/** The more observations in a bucket, the darker. */
export function drawHeat(box: Box, panel: Panel, series: Series[], range: Range): string {
  const native = series.some(({ labels }) => labels.native);
  const sorted = series.toSorted((a, b) => bound(a) - bound(b)).filter((one) => native || Number.isFinite(bound(one)));
  const columns = 36;
  // Classic buckets hold all that is smaller, too.
  const cells = sorted.map((one, index) => {
    const own = binned(one, range, columns);
    const below = native || index === 0 ? undefined : binned(sorted[index - 1]!, range, columns);
    return own.map((value, column) => Math.max(0, value - (below?.[column] ?? 0)));
  });
  const used = cells.map((row) => row.some((value) => value > 0.01));
  const first = Math.max(0, used.indexOf(true) - (native ? 0 : 1));
  const last = Math.min(cells.length - 1, used.lastIndexOf(true) + (native ? 0 : 1));
  const rows = mergedRows(cells.slice(first, last + 1), sorted.slice(first, last + 1).map(bound), 14);
  const greatest = Math.max(...rows.flatMap(({ values }) => values), 1e-9);
  const h = (box.h - 16) / Math.max(1, rows.length);
  const w = (box.w - 60) / columns;
  return rows
    .map(({ upper, values }, index) => {
      const y = box.y + box.h - 14 - (index + 1) * h;
      const label =
        index % Math.ceil(rows.length / 7) === 0
          ? text(box.x + 46, y + h / 2 + 3, format(upper, panel.fieldConfig!.defaults.unit), {
              size: 9,
              color: COLORS.faint,
              anchor: 'end',
            })
          : '';
      const squares = values
        .map((value, column) =>
          value / greatest > 0.01
            ? `<rect x="${px(box.x + 50 + column * w)}" y="${px(y)}" width="${px(Math.max(1, w - 1))}" height="${px(Math.max(1, h - 1))}" fill-opacity="${(0.12 + 0.88 * (value / greatest) ** 0.5).toFixed(1)}"/>`
            : '',
        )
        .join('');
      return label + squares;
    })
    .join('')
    .replace(/^/, `<g fill="${COLORS.orange}">`)
    .concat('</g>');
}

const bound = ({ labels }: Series): number => (labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le));

function binned({ points }: Series, range: Range, columns: number): number[] {
  const sums = Array.from({ length: columns }, () => 0);
  const counts = Array.from({ length: columns }, () => 0);
  for (const [at, value] of points) {
    const column = Math.min(
      columns - 1,
      Math.max(0, Math.floor(((at - range.from) / (range.to - range.from)) * columns)),
    );
    sums[column] = sums[column]! + (value ?? 0);
    counts[column] = counts[column]! + 1;
  }
  return sums.map((sum, column) => (counts[column] ? sum / counts[column]! : 0));
}

/** Native histograms have more buckets than a picture has lines. */
function mergedRows(cells: number[][], bounds: number[], most: number): { upper: number; values: number[] }[] {
  const size = Math.max(1, Math.ceil(cells.length / most));
  const rows: { upper: number; values: number[] }[] = [];
  for (let start = 0; start < cells.length; start += size) {
    const part = cells.slice(start, start + size);
    rows.push({
      upper: bounds[Math.min(start + size, bounds.length) - 1]!,
      values: part[0]!.map((_, column) => part.reduce((sum, row) => sum + row[column]!, 0)),
    });
  }
  return rows;
}
