import { Panel } from '@mythical/ui/page/panel.tsx';
import { useEffect, useId, useState } from 'react';
import type { ControlRoom } from '../control-room/control-room.ts';
import { formatCountdown, isOn, type Scenario, secondsLeft } from '../control-room/scenario.ts';

const DURATIONS = [
  { seconds: 30, name: '30 s' },
  { seconds: 60, name: '1 min' },
  { seconds: 300, name: '5 min' },
];

/** A track with a thumb. */
const SWITCH =
  'relative h-6.5 min-h-0 w-11.5 flex-none rounded-full border-line-strong bg-raised p-0 before:absolute before:top-[3px] before:left-[3px] before:size-4.5 before:rounded-full before:bg-line-strong before:transition-transform aria-checked:border-warn aria-checked:bg-warn aria-checked:before:translate-x-5 aria-checked:before:bg-panel motion-reduce:before:transition-none';

/** Starts scenarios for a limited time. */
export function ScenarioPanel({ room, scenarios }: { room: ControlRoom; scenarios: readonly Scenario[] }) {
  const [seconds, setSeconds] = useState(60);
  const now = useNow(scenarios.some(({ active }) => active));
  const controls = (
    <>
      <label className="row hint">
        for
        <select value={seconds} onChange={(event) => setSeconds(Number(event.target.value))}>
          {DURATIONS.map(({ seconds: value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="quiet"
        disabled={!scenarios.some((scenario) => isOn(scenario, now))}
        onClick={() => void room.stopScenarios()}
      >
        Stop all
      </button>
    </>
  );
  return (
    <Panel title="Break it" controls={controls}>
      <ul className="scenarios" data-testid="scenarios">
        {scenarios.map((scenario) => (
          <ScenarioRow
            key={scenario.name}
            scenario={scenario}
            now={now}
            toggle={(on) => void room.switchScenario(scenario.name, on ? seconds : 0)}
          />
        ))}
      </ul>
    </Panel>
  );
}

function ScenarioRow({ scenario, now, toggle }: { scenario: Scenario; now: number; toggle: (on: boolean) => void }) {
  const id = useId();
  const on = isOn(scenario, now);
  return (
    <li
      className={`-mx-4 flex items-center gap-3.5 border-t px-4 py-2 last:-mb-4 last:rounded-b-xl ${on ? 'bg-warn-back' : ''}`}
    >
      <button
        type="button"
        className={SWITCH}
        role="switch"
        aria-checked={on}
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-text`}
        onClick={() => toggle(!on)}
      />
      <div className="min-w-0 flex-1">
        <strong id={`${id}-name`}>{scenario.name}</strong>
        <p id={`${id}-text`} className="hint leading-snug">
          {scenario.description.replaceAll('`', '')}
        </p>
      </div>
      {on && (
        <span
          className="text-lg font-semibold text-warn tabular-nums"
          role="timer"
          aria-label={`${scenario.name} ends in`}
        >
          {formatCountdown(secondsLeft(scenario, now))}
        </span>
      )}
    </li>
  );
}

/** The current time, updated several times per second during a countdown. */
function useNow(counts: boolean): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    setNow(Date.now());
    if (!counts) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [counts]);
  return now;
}
