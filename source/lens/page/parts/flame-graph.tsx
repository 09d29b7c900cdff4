import { formatExact, formatPercent, formatValue } from '@mythical/ui/page/format.ts';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { FlameChart } from '../lib/flame-chart.ts';
import { type Frame, UNZOOMED } from '../lib/stacks.ts';

type Props = {
  tree: Frame;
  unit: string;
  /** Highlights frames whose name contains this. */
  search: string;
  zoomed: string[];
  setZoomed: (path: string[]) => void;
};
type Pointed = { name: string; value: number; x: number; y: number } | undefined;

export function FlameGraph({ tree, unit, search, zoomed, setZoomed }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<FlameChart>(undefined);
  const [pointed, setPointed] = useState<Pointed>();
  const [width, setWidth] = useState(0);
  const [library, setLibrary] = useState<typeof import('../lib/flame-chart.ts')>();
  const wanted = useRef({ search, zoomed });
  wanted.current = { search, zoomed };

  useEffect(() => {
    void import('../lib/flame-chart.ts').then(setLibrary);
    const resize = new ResizeObserver(() => setWidth(place.current?.clientWidth ?? 0));
    resize.observe(place.current!);
    return () => resize.disconnect();
  }, []);

  useEffect(() => {
    if (library === undefined || width === 0) return;
    const { search: text, zoomed: path } = wanted.current;
    const drawn = library.drawFlames(place.current!, { tree, zoomed: path, onZoom: setZoomed, onPoint: setPointed });
    if (text !== '') drawn.search(text);
    chart.current = drawn;
    return () => {
      chart.current = undefined;
      drawn.destroy();
    };
  }, [library, tree, width, setZoomed]);

  useEffect(() => chart.current?.search(search), [search]);
  useEffect(() => {
    if (zoomed === UNZOOMED) chart.current?.resetZoom();
  }, [zoomed]);

  const text =
    pointed &&
    `${pointed.name}: ${formatValue(pointed.value, unit)} (${formatExact(pointed.value, unit)}), ${formatPercent(tree.value > 0 ? pointed.value / tree.value : 0)}`;
  return (
    <div className="min-w-0">
      <p className="hint min-h-6 truncate" data-testid="flame-status">
        {text ?? 'Hover over a frame to see its value; click to zoom in.'}
      </p>
      <div
        ref={place}
        className="flame-graph min-h-60 overflow-hidden"
        role="img"
        data-testid="flame-graph"
        aria-label="Flame graph; the table beside it lists the functions"
      />
      {pointed && <Tip x={pointed.x} y={pointed.y} text={text!} />}
    </div>
  );
}

/** Next to the pointer, within the window. */
function Tip({ x, y, text }: { x: number; y: number; text: string }) {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const { style, offsetWidth, offsetHeight } = tip.current!;
    style.left = `${Math.max(4, Math.min(x + 12, innerWidth - offsetWidth - 4))}px`;
    style.top = `${y + 18 + offsetHeight > innerHeight ? y - offsetHeight - 8 : y + 18}px`;
  });
  return (
    <div
      ref={tip}
      className="pointer-events-none fixed z-30 max-w-[min(40rem,calc(100vw-8px))] rounded-md border border-line-strong bg-panel px-2.5 py-1 shadow-lg"
    >
      {text}
    </div>
  );
}
