import type { Store } from '@mythical/ui/page/store.ts';
import { type Actions, itemsOf } from './actions.ts';
import { type Scenario, switched } from './scenario.ts';
import { type State, withScenario } from './state.ts';

/** Switches scenarios on and off. */
export function createScenarios({ get, update }: Store<State>, { act, ask, reportFailure }: Actions) {
  const actionOf = (verb: 'start' | 'stop', what: string, scenario: string) => ({
    name: `${verb} ${what}`,
    event: verb === 'start' ? 'scenario_started' : 'scenario_stopped',
    attributes: { scenario },
  });

  /** Switches in progress, and finished ones: polls from before or during a switch would undo it on the page. */
  let running = 0;
  let finished = 0;
  const changing: Actions['act'] = async (...action) => {
    running++;
    const answer = await act(...action);
    running--;
    finished++;
    return answer;
  };

  /** @param seconds 0 stops it */
  async function switchScenario(name: string, seconds: number): Promise<void> {
    const before = get().scenarios.find((scenario) => scenario.name === name);
    update((state) => withScenario(state, name, (scenario) => switched(scenario, seconds, Date.now())));
    const isStart = seconds > 0;
    const answer = await changing(
      isStart ? `Start ${name}, ${seconds} s` : `Stop ${name}`,
      actionOf(isStart ? 'start' : 'stop', 'scenario', name),
      isStart
        ? { method: 'POST', path: '/scenarios', body: { name, seconds } }
        : { method: 'DELETE', path: '/scenarios', body: { name } },
    );
    if (answer.outcome !== 'done') {
      update((state) => withScenario(state, name, (scenario) => before ?? scenario));
      const title = `${name} was not ${isStart ? 'started' : 'stopped'}`;
      return reportFailure(title, answer, () => switchScenario(name, seconds));
    }
    if (isStart) update((state) => withScenario(state, name, () => answer.value as Scenario));
  }

  async function stopScenarios(): Promise<void> {
    const before = get().scenarios;
    update((state) => ({ ...state, scenarios: before.map((scenario) => switched(scenario, 0, Date.now())) }));
    const request = { method: 'DELETE', path: '/scenarios' } as const;
    const answer = await changing('Stop all scenarios', actionOf('stop', 'scenarios', 'all'), request);
    if (answer.outcome === 'done') return;
    update((state) => ({ ...state, scenarios: before }));
    reportFailure('The scenarios were not stopped', answer, stopScenarios);
  }

  async function refreshScenarios(): Promise<void> {
    const before = finished;
    const answer = await ask('/scenarios?poll');
    if (running > 0 || finished > before) return;
    if (answer.outcome === 'done') update((state) => ({ ...state, scenarios: itemsOf<Scenario>(answer) }));
  }

  return { switchScenario, stopScenarios, refreshScenarios };
}
