import { setTimeout as sleep } from 'node:timers/promises';
import { SETTINGS } from '../alloy/components.ts';
import type { Graph, Place } from '../alloy/graph.ts';
import type { Finding } from '../check/finding.ts';
import { ask, askJson, reasonOf } from './ask.ts';
import { COLLECTOR_LOG_COMMAND, LOG_COMMAND, startCommand } from './stack.ts';

// What the running Alloy reports about the student's file: whether it accepts it, and whether its components are healthy.

type Component = { localID: string; health: { state: string; message: string } };

/**
 * A component that listens starts while the one that it replaces still has the port, for example after a new label. Once that
 * one has stopped, the next reload succeeds. And an Alloy that is just starting closes connections.
 */
const PASSING = ['port-in-use', 'broke-off'];
const ATTEMPTS = 8;
const PAUSE_MS = 600;

/** Makes Alloy reload its file. The response has the file and line of any error. */
export async function reload(alloy: string, file: string): Promise<Finding | undefined> {
  for (let attempt = 1; ; attempt++) {
    const problem = await reloadOnce(alloy, file);
    if (!problem || !PASSING.includes(problem.code) || attempt === ATTEMPTS) return problem;
    await sleep(PAUSE_MS);
  }
}

/** What fetch reports for a connection that is closed without a response. */
const CLOSED = ['UND_ERR_SOCKET', 'ECONNRESET'];

async function reloadOnce(alloy: string, file: string): Promise<Finding | undefined> {
  let response: Response;
  try {
    // A configuration with many components takes a while.
    response = await ask(`${alloy}/-/reload`, { method: 'POST' }, 10_000);
  } catch (error) {
    // With some invalid values, Alloy panics while it loads the file: https://github.com/grafana/alloy/issues/2448
    if (CLOSED.includes(reasonOf(error))) return unknown('broke-off', { log: LOG_COMMAND });
    return noAlloy(alloy, file);
  }
  if (response.ok) return undefined;
  const answer = await response.text();
  // Anything else is not Alloy.
  return response.status === 400 ? refused(answer, file) : noAlloy(alloy, file);
}

export const noAlloy = (url: string, file: string): Finding =>
  unknown('no-alloy', { name: 'Alloy', url, command: startCommand(file), log: LOG_COMMAND });

export const noCollector = (url: string, file: string): Finding =>
  unknown('no-alloy', { name: 'The Collector', url, command: startCommand(file), log: COLLECTOR_LOG_COMMAND });

/** `/etc/alloy/config.alloy:12:3: unrecognized attribute name "x"`, with or without text before and after it. */
export function refused(answer: string, file: string): Finding {
  const found = /([^\s:]+\.alloy):(\d+):(\d+): ([^\n]*)/.exec(answer);
  const at: Place | undefined = found
    ? { file, line: Number(found[2]), column: Number(found[3]), offset: 0 }
    : undefined;
  const message = (found?.[4] ?? answer.trim().split('\n').at(-1)!).replace(/ \(and \d+ more diagnostics?\)$/, '');
  if (/address already in use/.test(message)) return { ...unknown('port-in-use', { message }), at };
  return { layer: 'form', verdict: 'failed', code: 'refused', args: { message }, at };
}

/** Checks that Alloy runs this file and no other, and that every component is healthy. */
export async function checkComponents(alloy: string, graph: Graph, file: string): Promise<Finding[]> {
  const components = await askJson<Component[]>(`${alloy}/api/v0/web/components`);
  // Alloy lists an instance of a module as one component.
  const ours = new Map(
    [...graph.nodes.values()]
      .filter(({ kind }) => !SETTINGS.includes(kind))
      .map(({ id, at }) => [id.split('/')[0]!, at]),
  );
  const running = new Map(components.map((component) => [component.localID, component]));
  if (ours.size !== running.size || [...ours.keys()].some((id) => !running.has(id))) {
    return [unknown('other-configuration', { command: startCommand(file) })];
  }
  return [...ours].flatMap(([id, at]) => {
    const { state, message } = running.get(id)!.health;
    if (state !== 'unhealthy' && state !== 'exited') return [];
    return [
      { layer: 'form', verdict: 'failed', code: 'unhealthy', args: { component: id, message }, at } satisfies Finding,
    ];
  });
}

const unknown = (code: string, args: Finding['args']): Finding => ({ layer: 'form', verdict: 'unknown', code, args });
