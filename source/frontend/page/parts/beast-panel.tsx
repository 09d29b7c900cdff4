import type { BrowserConfig } from '@mythical/common/browser-config';
import { EMPTY_LIST } from '../control-room/beast-list.ts';
import type { ControlRoom } from '../control-room/control-room.ts';
import type { State } from '../control-room/state.ts';
import { AddForm } from './add-form.tsx';
import { BeastRows } from './beast-rows.tsx';
import { Icon } from './icons.tsx';

type Props = { room: ControlRoom; state: State; words: BrowserConfig['words'] };

/** Browse, add and delete. */
export function BeastPanel({ room, state, words }: Props) {
  const { kind, lists, suggestion } = state;
  const list = lists[kind] ?? EMPTY_LIST;
  return (
    <section className="panel area-beasts" aria-labelledby="beasts-title">
      <div className="panel-head">
        <h2 id="beasts-title">{capitalized(words.many)}</h2>
        <button type="button" className="quiet" onClick={() => void room.refresh()}>
          <Icon name="refresh" />
          Refresh
        </button>
      </div>
      <KindPicker kinds={words.kinds} kind={kind} choose={room.chooseKind} />
      <AddForm kind={kind} suggestion={suggestion} add={room.add} />
      <BeastRows list={list} kind={kind} room={room} />
    </section>
  );
}

function KindPicker({ kinds, kind, choose }: { kinds: string[]; kind: string; choose: (kind: string) => void }) {
  return (
    <fieldset className="kinds">
      <legend className="unseen">Kind</legend>
      {kinds.map((each) => (
        <label key={each}>
          <input type="radio" name="kind" value={each} checked={each === kind} onChange={() => choose(each)} />
          <span>{each}</span>
        </label>
      ))}
    </fieldset>
  );
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
