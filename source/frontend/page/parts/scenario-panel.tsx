import { Panel } from '@mythical/ui/page/panel.tsx';
import { useEffect, useId, useState } from 'react';
import type { ControlRoom } from '../control-room/control-room.ts';
import { formatCountdown, isOn, type Scenario, secondsLeft } from '../control-room/scenario.ts';
import './scenarios.css';

const DURATIONS = [
  { seconds: 30, name: '30 s' },
  { seconds: 60, name: '1 min' },
  { seconds: 300, name: '5 min' },
];

/** Faults of the server, each switched on for a limited time. */
export function ScenarioPanel({ room, scenarios }: { room: ControlRoom; scenarios: readonly Scenario[] }) {
  const [seconds, setSeconds] = useState(60);
  const now = useNow(scenarios.some(({ active }) => active));
  const controls = (
    <>
      <label className="duration row hint">
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
    <li className={on ? 'on' : undefined}>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={`${id}-name`}
        aria-describedby={`${id}-text`}
        onClick={() => toggle(!on)}
      />
      <div className="scenario-text">
        <strong className="scenario-name" id={`${id}-name`}>
          {scenario.name}
        </strong>
        <p id={`${id}-text`} className="hint">
          {scenario.description.replaceAll('`', '')}
        </p>
      </div>
      {on && (
        <span className="countdown" role="timer" aria-label={`${scenario.name} ends in`}>
          {formatCountdown(secondsLeft(scenario, now))}
        </span>
      )}
    </li>
  );
}

/** The current time, updated several times a second while a countdown runs. */
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
