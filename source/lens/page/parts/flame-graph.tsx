import { formatExact, formatPercent, formatValue } from '@mythical/ui/page/format.ts';
import { memo, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { hash } from '../lib/hash.ts';
import { type Box, type Frame, layoutFlames } from '../lib/stacks.ts';
import { vars } from './service.tsx';

type Props = {
  tree: Frame;
  unit: string;
  /** Highlights frames whose name contains this. */
  search: string;
  /** The path of the zoomed frame, without the root; kept when the data changes. */
  zoomed: string[];
  setZoomed: (path: string[]) => void;
};
type Pointed = { frame: Frame; x: number; y: number } | undefined;

/** A flame graph with its root on top. */
export function FlameGraph({ tree, unit, search, zoomed, setZoomed }: Props) {
  const [pointed, setPointed] = useState<Pointed>();
  const boxes = useMemo(() => layoutFlames(tree, zoomed), [tree, zoomed]);
  const text = pointed && describe(pointed.frame, tree, unit);
  return (
    <div className="min-w-0">
      <p className="hint min-h-6 truncate" data-testid="flame-status">
        {text ?? 'Hover over a frame to see its value; click to zoom in.'}
      </p>
      <Boxes boxes={boxes} search={search.toLowerCase()} onZoom={setZoomed} onPoint={setPointed} />
      {pointed && <Tip x={pointed.x} y={pointed.y} text={text!} />}
    </div>
  );
}

function describe({ name, value }: Frame, tree: Frame, unit: string): string {
  const share = tree.value > 0 ? value / tree.value : 0;
  return `${name}: ${formatValue(value, unit)} (${formatExact(value, unit)}), ${formatPercent(share)}`;
}

type BoxesProps = {
  boxes: readonly Box[];
  search: string;
  onZoom: (path: string[]) => void;
  onPoint: (pointed: Pointed) => void;
};

const BOX =
  'absolute top-[calc(var(--depth)*1.5rem)] left-[calc(var(--left)*100%)] h-6 w-[calc(var(--width)*100%)] cursor-pointer overflow-hidden border-r border-b border-panel bg-(--c) indent-1 text-xs leading-6 whitespace-nowrap text-[#1c1408]';

/** Doesn't draw thousands of boxes again when the pointer moves. */
const Boxes = memo(({ boxes, search, onZoom, onPoint }: BoxesProps) => {
  const depth = boxes.reduce((deepest, { path }) => Math.max(deepest, path.length), 0);
  return (
    <div
      className="relative h-[calc(var(--rows)*1.5rem)] min-h-60 overflow-hidden"
      style={vars({ '--rows': depth + 1 })}
      role="img"
      data-testid="flame-graph"
      aria-label="Flame graph; the table beside it lists the functions"
      onPointerLeave={() => onPoint(undefined)}
    >
      {boxes.map(({ frame, path, left, width }) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: a picture for screen readers, see above
        // biome-ignore lint/a11y/noStaticElementInteractions: as above
        <div
          key={path.join('\n')}
          className={BOX}
          data-testid="flame-frame"
          style={vars({
            '--left': left,
            '--width': width,
            '--depth': path.length,
            '--c': colourOf(frame.name, search),
          })}
          onClick={() => onZoom(path)}
          onPointerMove={({ clientX: x, clientY: y }: PointerEvent) => onPoint({ frame, x, y })}
        >
          {frame.name}
        </div>
      ))}
    </div>
  );
});

/** The same colour per name; runtime and native frames are pale. */
function colourOf(name: string, search: string): string {
  if (search !== '' && name.toLowerCase().includes(search)) return 'var(--flame-found)';
  if (/^(\((?!anonymous)|Node\.js$|Non JS |Garbage Collection)/.test(name)) return 'var(--flame-quiet)';
  return `var(--flame-${hash(name) % 6})`;
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
