import { type KeyboardEvent, useState } from 'react';
import { vars } from './service.tsx';

/** A point of a chart that leads somewhere, such as an exemplar to its trace. */
export type Mark = { time: number; value: number; href: string; label: string };

type Props = { marks: readonly Mark[]; extent: [from: number, to: number]; top: number };

/** One stop for the Tab key, however many marks there are: the arrow keys move between them. */
export function Marks({ marks, extent: [from, to], top }: Props) {
  const [focused, setFocused] = useState<string>();
  const shown = marks.filter(({ time }) => time >= from && time <= to);
  const stop = shown.find(({ href }) => href === focused) ?? shown.at(-1);
  return (
    <div className="marks">
      {shown.map(({ time, value, href, label }) => (
        <a
          key={href}
          className="mark"
          href={href}
          title={label}
          data-testid="exemplar"
          tabIndex={href === stop?.href ? 0 : -1}
          style={vars({ '--x': (time - from) / (to - from), '--y': Math.min(1, value / top) })}
          onFocus={() => setFocused(href)}
          onKeyDown={moveWithArrows}
        >
          <span className="unseen">{label}</span>
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
