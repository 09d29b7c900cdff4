import { Icon } from '@mythical/ui/page/icon.tsx';
import { useRef } from 'react';
import { type BeastList, shown } from '../control-room/beast-list.ts';
import type { ControlRoom } from '../control-room/control-room.ts';

export function BeastRows({ list, kind, room }: { list: BeastList; kind: string; room: ControlRoom }) {
  const rows = useRef<HTMLUListElement>(null);
  const beasts = shown(list);

  /** Moves the focus to the next row or the list, because the pressed button disappears. */
  function removeRow(name: string, index: number): void {
    const buttons = rows.current?.querySelectorAll<HTMLElement>('button') ?? [];
    (buttons[index + 1] ?? buttons[index - 1] ?? rows.current)?.focus();
    void room.remove(name);
  }

  return (
    <>
      <ul ref={rows} tabIndex={-1} aria-label={`${kind}, by name`} data-testid="beasts">
        {beasts.map(({ name, state }, index) => (
          <li
            key={name}
            className="flex min-h-11 items-center gap-2 border-b last:border-b-0"
            aria-busy={state === 'adding'}
          >
            <span className={`min-w-0 flex-1 wrap-anywhere ${state === 'adding' ? 'text-soft' : ''}`}>{name}</span>
            {state === 'adding' && <span className="tag">adding …</span>}
            {state === 'added' && <span className="tag good">added</span>}
            <button
              type="button"
              className="icon-button hover:bg-bad-back hover:text-bad"
              // Not disabled while adding: it would lose the focus.
              onClick={() => removeRow(name, index)}
              aria-label={`Delete ${name}`}
              title={`Delete ${name}`}
            >
              <Icon name="trash" />
            </button>
          </li>
        ))}
      </ul>
      {beasts.length === 0 && <p className="empty">{emptyText(list, kind)}</p>}
      {list.after !== undefined && (
        <button type="button" className="mt-2 w-full" onClick={() => void room.more()}>
          Show more
        </button>
      )}
    </>
  );
}

function emptyText({ status }: BeastList, kind: string): string {
  if (status === 'loading') return 'Loading …';
  if (status === 'failed') return `Failed to load the list of ${kind}.`;
  return `No ${kind} yet. Add one.`;
}
