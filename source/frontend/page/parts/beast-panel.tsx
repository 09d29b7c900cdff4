import type { BrowserConfig } from '@mythical/common/browser-config';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { Panel } from '@mythical/ui/page/panel.tsx';
import { EMPTY_LIST } from '../control-room/beast-list.ts';
import type { ControlRoom } from '../control-room/control-room.ts';
import type { State } from '../control-room/state.ts';
import { AddForm } from './add-form.tsx';
import { BeastRows } from './beast-rows.tsx';

const KIND =
  'inline-flex min-h-9 cursor-pointer items-center rounded-full border px-3.5 text-sm hover:border-line-strong peer-checked:border-accent peer-checked:bg-accent-back peer-checked:font-semibold peer-checked:text-accent peer-focus-visible:outline-2 peer-focus-visible:outline-offset-2';

type Props = { room: ControlRoom; state: State; words: BrowserConfig['words'] };

export function BeastPanel({ room, state, words }: Props) {
  const { kind, lists, suggestion } = state;
  const refresh = (
    <button type="button" className="quiet" onClick={() => void room.refresh()}>
      <Icon name="refresh" />
      Refresh
    </button>
  );
  return (
    <Panel
      title={words.many.charAt(0).toUpperCase() + words.many.slice(1)}
      className="md:row-span-2 xl:row-span-1"
      controls={refresh}
    >
      <fieldset className="row mb-3">
        <legend className="sr-only">Kind</legend>
        {words.kinds.map((each) => (
          <label key={each} className="relative">
            <input
              className="peer absolute opacity-0"
              type="radio"
              name="kind"
              value={each}
              checked={each === kind}
              onChange={() => room.chooseKind(each)}
            />
            <span className={KIND}>{each}</span>
          </label>
        ))}
      </fieldset>
      <AddForm kind={kind} suggestion={suggestion} add={room.add} />
      <BeastRows list={lists[kind] ?? EMPTY_LIST} kind={kind} room={room} />
    </Panel>
  );
}
