import uPlot from 'uplot';
import { resolveColour } from './colours.ts';
import { h, reconcile, setText, styled } from './dom.ts';

/** Values over time. `colour` is any CSS colour, also `var(--x)`. */
export type Series = { name: string; colour: string; values: (number | null)[] };
/** A point that leads somewhere, such as an exemplar to its trace. */
export type Mark = { time: number; value: number; href: string; label: string };
export type ChartData = {
  /** Seconds since 1970, rising. */
  times: number[];
  series: Series[];
  /** The ends of the x axis, in seconds since 1970. */
  extent: [from: number, to: number];
  marks?: Mark[];
};

export type Chart = { element: HTMLElement; draw(data: ChartData): void };

export type ChartOptions = {
  /** Names what is drawn, for those who can't see it. */
  label: string;
  format: (value: number) => string;
  style?: 'lines' | 'stacked bars';
  /** The y axis reaches at least up to here. */
  minTop?: number;
  /** The y axis never reaches beyond this: 1 for a share. */
  maxTop?: number;
  height?: number;
};

const charts = new Set<{ redraw: () => void; element: HTMLElement }>();

/** To be called when the theme has changed: a canvas doesn't follow the stylesheet by itself. */
export function redrawCharts(): void {
  for (const chart of charts) chart.redraw();
}

export function createChart({
  label,
  format,
  style = 'lines',
  minTop = 0,
  maxTop = Number.POSITIVE_INFINITY,
  height = 150,
}: ChartOptions): Chart {
  const canvas = h('div', { class: 'chart-canvas' });
  const legend = h('ul', { class: 'legend' });
  const element = styled(h('figure', { class: 'chart' }, canvas, legend), { '--chart-height': `${height}px` });
  let plot: uPlot | undefined;
  let data: ChartData | undefined;
  let shape = '';
  // One stop for the Tab key, however many marks there are: the arrow keys go from one to the next.
  const anchors = h('div', {
    class: 'marks',
    onkeydown: (event: KeyboardEvent) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const all = [...anchors.children] as HTMLElement[];
      const next = step && all[all.indexOf(event.target as HTMLElement) + step];
      if (!next) return;
      event.preventDefault();
      for (const anchor of all) anchor.tabIndex = anchor === next ? 0 : -1;
      next.focus();
    },
  });

  const build = () => {
    plot?.destroy();
    plot = undefined;
    if (data === undefined || canvas.clientWidth === 0) return;
    plot = new uPlot(options(), aligned(data), canvas);
    plot.over.append(anchors);
    placeMarks();
  };

  const options = (): uPlot.Options => {
    const text = resolveColour('var(--text-soft)');
    const grid = resolveColour('var(--line)');
    const axis = {
      stroke: text,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    return {
      width: canvas.clientWidth,
      height,
      padding: [8, 12, 0, 0],
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
      scales: {
        x: { time: true, range: () => data!.extent },
        y: {
          range: (_, __, max) => {
            const highest = Math.max(max ?? 0, minTop, ...(data?.marks ?? []).map(({ value }) => value));
            return [0, Math.min(maxTop, niceTop(highest))];
          },
        },
      },
      axes: [
        {
          ...axis,
          size: 24,
          space: 60,
          values: (_, ticks, __, ___, step) => ticks.map((tick) => clock(tick, step < 60)),
        },
        { ...axis, size: 56, space: 28, values: (_, ticks) => ticks.map(format) },
      ],
      series: [
        {},
        ...data!.series.map(({ name, colour }): uPlot.Series => {
          const resolved = resolveColour(colour);
          return style === 'lines'
            ? { label: name, stroke: resolved, width: 1.5, points: { show: false }, spanGaps: false }
            : {
                label: name,
                fill: resolved,
                width: 0,
                points: { show: false },
                paths: uPlot.paths.bars!({ size: [0.85, 40], align: 1 }),
              };
        }),
      ],
      hooks: {
        draw: [() => placeMarks()],
        setCursor: [(self) => showValues(self.cursor.idx ?? undefined)],
      },
    };
  };

  const placeMarks = () => {
    if (plot === undefined || data === undefined) return;
    const { valToPos, over } = plot;
    const [from, to] = data.extent;
    const place = (anchor: HTMLElement, { time, value }: Mark) =>
      styled(anchor, { left: `${valToPos(time, 'x')}px`, top: `${valToPos(value, 'y')}px` });
    reconcile(
      anchors,
      (data.marks ?? []).filter(({ time }) => over.clientWidth > 0 && time >= from && time <= to),
      ({ href }) => href,
      (mark) => {
        const { href, label } = mark;
        return place(
          h('a', { class: 'mark', href, title: label, 'aria-label': label, 'data-testid': 'exemplar', tabindex: '-1' }),
          mark,
        );
      },
      (anchor, mark) => place(anchor as HTMLElement, mark),
    );
    const all = [...anchors.children] as HTMLElement[];
    const stop = all.find(({ tabIndex }) => tabIndex === 0) ?? all.at(-1);
    for (const anchor of all) anchor.tabIndex = anchor === stop ? 0 : -1;
  };

  const showValues = (index: number | undefined) => {
    if (data === undefined) return;
    const at = index ?? data.times.length - 1;
    data.series.forEach(({ values }, line) => {
      const value = values[at];
      const field = legend.children[line]?.lastElementChild;
      if (field) setText(field, value === null || value === undefined ? '–' : format(value));
    });
  };

  const resize = new ResizeObserver(() => {
    if (plot === undefined) build();
    else if (canvas.clientWidth > 0 && canvas.clientWidth !== plot.width)
      plot.setSize({ width: canvas.clientWidth, height });
  });
  resize.observe(canvas);
  charts.add({ redraw: build, element });

  /** Stacked bars are drawn from the tallest sum to the lowest, each in front of the one before. */
  const aligned = ({ times, series }: ChartData): uPlot.AlignedData => {
    if (style === 'lines') return [times, ...series.map(({ values }) => values)];
    const sums = series.map((_, line) =>
      times.map((_, at) => series.slice(line).reduce((sum, { values }) => sum + (values[at] ?? 0), 0)),
    );
    return [times, ...sums];
  };

  return {
    element,
    draw(next) {
      data = next;
      canvas.setAttribute('role', 'group');
      canvas.setAttribute('aria-label', describe(label, next, format));
      const nextShape = JSON.stringify(next.series.map(({ name, colour }) => [name, colour]));
      if (nextShape !== shape) {
        shape = nextShape;
        legend.replaceChildren(
          ...next.series.map(({ name, colour }) =>
            h(
              'li',
              {},
              styled(h('i', { class: 'line', 'aria-hidden': 'true' }), { '--c': colour }),
              h('span', {}, name),
              h('b', {}),
            ),
          ),
        );
        build();
      } else if (plot === undefined) build();
      else plot.setData(aligned(next));
      showValues(plot?.cursor.idx ?? undefined);
    },
  };
}

/** Rows of (time, series, value) as aligned series; `gap` stands where a series has no row. */
export function pivot(
  rows: readonly { timeMs: number; series: string; value: number }[],
  stepSeconds: number,
  gap: number | null,
  colour: (name: string, index: number) => string,
): Pick<ChartData, 'times' | 'series'> {
  const names = [...new Set(rows.map(({ series }) => series))].sort();
  const present = rows.map(({ timeMs }) => timeMs / 1000).filter((time) => Number.isFinite(time));
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
  for (const { timeMs, series: name, value } of rows) {
    const at = Math.round((timeMs / 1000 - first) / stepSeconds);
    if (at >= 0 && at < count) byName.get(name)!.values[at] = Number.isFinite(value) ? value : null;
  }
  return { times, series };
}

function describe(label: string, { series }: ChartData, format: (value: number) => string): string {
  const newest = series.slice(0, 8).map(({ name, values }) => {
    const value = values.findLast((one) => one !== null);
    return `${name} ${value === undefined || value === null ? 'unknown' : format(value)}`;
  });
  return `${label}, newest: ${newest.join(', ') || 'no data'}`;
}

/** The next of 1, 2, 5 times a power of 10, so that the axis keeps still while values move. */
function niceTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 1.5, 2, 3, 5, 7.5, 10].map((factor) => factor * power).find((top) => top >= value * 1.05) ?? power * 12;
}

function clock(seconds: number, withSeconds: boolean): string {
  const time = new Date(seconds * 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = `${two(time.getHours())}:${two(time.getMinutes())}`;
  return withSeconds ? `${minutes}:${two(time.getSeconds())}` : minutes;
}
