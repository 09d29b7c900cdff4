import { formatClock } from '@mythical/ui/page/format.ts';
import { useTheme } from '@mythical/ui/page/theme.ts';
import { useEffect, useMemo, useRef, useState } from 'react';
import uPlot from 'uplot';
import { resolveColour } from '../lib/colours.ts';
import { type Lines, niceTop, stacked } from '../lib/series.ts';
import 'uplot/dist/uPlot.min.css';
import { type Mark, Marks } from './marks.tsx';
import { vars } from './service.tsx';

export type ChartProps = {
  /** Accessible name. */
  label: string;
  lines: Lines;
  /** The ends of the x axis, in seconds since 1970. */
  extent: [from: number, to: number];
  format: (value: number) => string;
  style?: 'lines' | 'stacked bars';
  /** Lower limit of the y axis's maximum. */
  minTop?: number;
  /** Upper limit of the y axis's maximum: 1 for a ratio. */
  maxTop?: number;
  height?: number;
  marks?: readonly Mark[];
};

export function Chart(props: ChartProps) {
  const { label, lines, extent, format, style = 'lines', minTop = 0, maxTop = Infinity, height = 150 } = props;
  const { marks = [] } = props;
  const data = useMemo(
    () => [lines.times, ...(style === 'lines' ? lines.series.map(({ values }) => values) : stacked(lines))],
    [lines, style],
  );
  const highest = data.slice(1).reduce((top, values) => values.reduce((a: number, b) => Math.max(a, b ?? 0), top), 0);
  const top = Math.min(maxTop, niceTop(Math.max(highest, minTop, ...marks.map(({ value }) => value))));
  const { canvas, cursor } = usePlot({ lines, data: data as uPlot.AlignedData, extent, top, format, style, height });
  return (
    <figure style={vars({ '--chart-height': `${height}px` })}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        className="relative h-(--chart-height) overflow-hidden"
        role="group"
        aria-label={describe(label, lines, format)}
      >
        <div ref={canvas} />
        <Marks marks={marks} extent={extent} top={top} />
      </div>
      <ul className="row min-h-5 pt-1 text-sm">
        {lines.series.map(({ name, colour, values }) => {
          const value = values[cursor ?? values.length - 1];
          return (
            <li key={name} className="inline-flex items-center gap-1.5">
              <i className="h-[3px] w-2.5 rounded-xs bg-(--c)" aria-hidden="true" style={vars({ '--c': colour })} />
              {name}{' '}
              <b className="min-w-[4.5em] whitespace-nowrap tabular-nums">
                {value === null || value === undefined ? '–' : format(value)}
              </b>
            </li>
          );
        })}
      </ul>
    </figure>
  );
}

type PlotInput = Required<Pick<ChartProps, 'lines' | 'extent' | 'format' | 'style' | 'height'>> & {
  data: uPlot.AlignedData;
  top: number;
};

/** Keeps a plot up to date, and returns the index under the pointer. */
function usePlot(input: PlotInput) {
  const canvas = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef(input);
  latest.current = input;
  const [cursor, setCursor] = useState<number>();
  const theme = useTheme();
  const shape = JSON.stringify(input.lines.series.map(({ name, colour }) => [name, colour]));

  // A canvas doesn't follow the stylesheet, so a new theme or new series need a new plot.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const place = canvas.current!;
    const made = new uPlot(optionsOf(latest, place.clientWidth, setCursor), latest.current.data, place);
    plot.current = made;
    const resize = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height: latest.current.height }));
    resize.observe(place);
    return () => {
      resize.disconnect();
      made.destroy();
    };
  }, [theme, shape]);

  const { data, extent, top } = input;
  // biome-ignore lint/correctness/useExhaustiveDependencies: setData also updates the axes
  useEffect(() => plot.current?.setData(data), [data, extent, top]);
  return { canvas, cursor };
}

function optionsOf(
  latest: { readonly current: PlotInput },
  width: number,
  onCursor: (index: number | undefined) => void,
): uPlot.Options {
  const { lines, style, height } = latest.current;
  const axis: uPlot.Axis = {
    stroke: resolveColour('var(--color-soft)'),
    grid: { stroke: resolveColour('var(--color-line)'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const clock = (seconds: number, step: number) => formatClock(new Date(seconds * 1000)).slice(0, step < 60 ? 8 : 5);
  return {
    width,
    height,
    // Together with the axis sizes, this must match Marks.
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 6 }, drag: { x: false, y: false } },
    scales: { x: { range: () => latest.current.extent }, y: { range: () => [0, latest.current.top] } },
    axes: [
      { ...axis, size: 24, space: 60, values: (_, ticks, __, ___, step) => ticks.map((tick) => clock(tick, step)) },
      { ...axis, size: 56, space: 28, values: (_, ticks) => ticks.map((tick) => latest.current.format(tick)) },
    ],
    series: [
      {},
      ...lines.series.map(({ name, colour }): uPlot.Series => {
        const paint = resolveColour(colour);
        const shared = { label: name, points: { show: false } };
        if (style === 'lines') return { ...shared, stroke: paint, width: 1.5, spanGaps: false };
        return { ...shared, fill: paint, width: 0, paths: uPlot.paths.bars!({ size: [0.85, 40], align: 1 }) };
      }),
    ],
    hooks: { setCursor: [(plot) => onCursor(plot.cursor.idx ?? undefined)] },
  };
}

function describe(label: string, { series }: Lines, format: (value: number) => string): string {
  const newest = series.slice(0, 8).map(({ name, values }) => {
    const value = values.findLast((one) => one !== null);
    return `${name} ${value === undefined || value === null ? 'unknown' : format(value)}`;
  });
  return `${label}, latest: ${newest.join(', ') || 'no data'}`;
}
