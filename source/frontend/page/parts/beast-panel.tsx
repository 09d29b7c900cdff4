import type { BrowserConfig } from '@mythical/common/browser-config';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { Panel } from '@mythical/ui/page/panel.tsx';
import { EMPTY_LIST } from '../control-room/beast-list.ts';
import type { ControlRoom } from '../control-room/control-room.ts';
import type { State } from '../control-room/state.ts';
import { AddForm } from './add-form.tsx';
import { BeastRows } from './beast-rows.tsx';
import './beasts.css';

type Props = { room: ControlRoom; state: State; words: BrowserConfig['words'] };

/** Browse, add and delete. */
export function BeastPanel({ room, state, words }: Props) {
  const { kind, lists, suggestion } = state;
  const refresh = (
    <button type="button" className="quiet" onClick={() => void room.refresh()}>
      <Icon name="refresh" />
      Refresh
    </button>
  );
  return (
    <Panel title={words.many.charAt(0).toUpperCase() + words.many.slice(1)} className="area-beasts" controls={refresh}>
      <fieldset className="kinds row">
        <legend className="unseen">Kind</legend>
        {words.kinds.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="kind"
              value={each}
              checked={each === kind}
              onChange={() => room.chooseKind(each)}
            />
            <span>{each}</span>
          </label>
        ))}
      </fieldset>
      <AddForm kind={kind} suggestion={suggestion} add={room.add} />
      <BeastRows list={lists[kind] ?? EMPTY_LIST} kind={kind} room={room} />
    </Panel>
  );
}
