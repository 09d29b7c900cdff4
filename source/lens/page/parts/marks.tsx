import { type KeyboardEvent, useState } from 'react';
import { vars } from './service.tsx';

/** A point on a chart that links somewhere, such as an exemplar to its trace. */
export type Mark = { time: number; value: number; href: string; label: string };

type Props = { marks: readonly Mark[]; extent: [from: number, to: number]; top: number };

/** The pseudo-element enlarges the click target. */
const MARK =
  'pointer-events-auto absolute bottom-[calc(var(--y)*100%)] left-[calc(var(--x)*100%)] -m-1 size-2 rounded-full border border-panel bg-(--colour-2) after:absolute after:-inset-1.5 hover:scale-140 hover:bg-bad-fill focus-visible:scale-140 focus-visible:bg-bad-fill';

/** A single tab stop, whatever the number of marks: the arrow keys move between them. */
export function Marks({ marks, extent: [from, to], top }: Props) {
  const [focused, setFocused] = useState<string>();
  const shown = marks.filter(({ time }) => time >= from && time <= to);
  const stop = shown.find(({ href }) => href === focused) ?? shown.at(-1);
  return (
    // The plotting area: the canvas without the axes.
    <div className="pointer-events-none absolute inset-[8px_12px_24px_56px]">
      {shown.map(({ time, value, href, label }) => (
        <a
          key={href}
          className={MARK}
          href={href}
          title={label}
          data-testid="exemplar"
          tabIndex={href === stop?.href ? 0 : -1}
          style={vars({ '--x': (time - from) / (to - from), '--y': Math.min(1, value / top) })}
          onFocus={() => setFocused(href)}
          onKeyDown={moveWithArrows}
        >
          <span className="sr-only">{label}</span>
        </a>
      ))}
    </div>
  );
}

function moveWithArrows(event: KeyboardEvent<HTMLElement>): void {
  const { nextElementSibling, previousElementSibling } = event.currentTarget;
  const next = { ArrowLeft: previousElementSibling, ArrowRight: nextElementSibling }[event.key];
  if (!(next instanceof HTMLElement)) return;
  event.preventDefault();
  next.focus();
}
