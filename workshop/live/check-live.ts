import type { Graph } from '../alloy/graph.ts';
import { type Finding, verdictOf } from '../check/finding.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { checkComponents, noAlloy, reload } from './alloy.ts';
import { NoAnswer } from './ask.ts';
import { checkFlow, readCounts } from './flow.ts';
import type { Marker } from './markers.ts';
import { patienceOf } from './patience.ts';
import { checkResult, newContext } from './result.ts';
import type { Stack } from './stack.ts';

/** The longest time that the layers with backends may take. */
export const RESULT_SECONDS = 18;

/** What Alloy itself reports about the file after a reload. */
export async function checkReload(lesson: Lesson, graph: Graph, file: string, stack: Stack): Promise<Finding[]> {
  // The Collector has no such API; only its data show whether it runs this file.
  if (lesson.file !== 'config.alloy') return [];
  const problem = await reload(stack.alloy, file);
  if (problem) return [problem];
  try {
    return await checkComponents(stack.alloy, graph, file);
  } catch (error) {
    return [orThrow(error, stack, file)];
  }
}

export type DataOptions = { seconds?: number; marker?: Marker; signal?: AbortSignal | undefined };

/** Layers 3 and 4: what flows, and what arrives. Where data stops explains what did not arrive, so it comes first. */
export async function checkData(
  lesson: Lesson,
  graph: Graph,
  file: string,
  stack: Stack,
  { seconds = RESULT_SECONDS, marker, signal }: DataOptions = {},
): Promise<Finding[]> {
  if (lesson.live.length === 0) return [];
  const hasCounters = lesson.file === 'config.alloy';
  try {
    const before = hasCounters ? await readCounts(stack.alloy, graph) : undefined;
    const context = { ...newContext(stack, seconds, file, marker), patience: patienceOf(graph), signal };
    const results = await Promise.all(lesson.live.map((check) => checkResult(check, context)));
    if (!before) return results;
    const flow = checkFlow(graph, lesson.requirements, before, await readCounts(stack.alloy, graph));
    // Data that arrived has flowed, whatever the counters show; and waiting for traffic must not keep a lesson from passing.
    return verdictOf(results) === 'failed'
      ? [...flow.filter(({ verdict }) => verdict === 'failed'), ...results]
      : results;
  } catch (error) {
    return [orThrow(error, stack, file)];
  }
}

/** @throws any other error */
function orThrow(error: unknown, { alloy }: Stack, file: string): Finding {
  if (!(error instanceof NoAnswer) && !(error instanceof TypeError) && !(error instanceof DOMException)) throw error;
  return noAlloy(alloy, file);
}
