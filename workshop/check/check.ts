import { readFile } from 'node:fs/promises';
import { buildGraph, type Graph } from '../alloy/graph.ts';
import { readCollector } from '../collector/collector.ts';
import { ALLOY_ENVIRONMENT } from '../lessons/common.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { type Finding, verdictOf } from './finding.ts';
import { checkForm } from './form.ts';
import { checkIntent } from './intent.ts';

export type FileCheck = { graph: Graph | undefined; findings: Finding[] };

/** The layers that need only the file: form and intent. */
export async function checkFile(lesson: Lesson, file: string): Promise<FileCheck> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text === 'string') return checkText(lesson, file, text);
  const code = text.code === 'ENOENT' ? 'no-file' : 'unreadable-file';
  return {
    graph: undefined,
    findings: [{ layer: 'form', verdict: 'unknown', code, args: { file, lesson: lesson.name, reason: text.message } }],
  };
}

export function checkText(lesson: Lesson, file: string, text: string): FileCheck {
  const { graph, findings } =
    lesson.file === 'otel.yml' ? readCollector(file, text, ALLOY_ENVIRONMENT) : readAlloy(file, text);
  // The intent of a file can't be checked before the file can be parsed.
  if (verdictOf(findings) === 'failed') return { graph, findings };
  const intent = checkIntent(graph, lesson.requirements);
  // What the checker can't read may meet any requirement.
  const settled = (finding: Finding): Finding => ({ ...finding, verdict: 'unknown' });
  const isOpen = graph.opaque.length > 0;
  return {
    graph,
    findings: [...findings, ...intent.map((one) => (isOpen && one.verdict === 'failed' ? settled(one) : one))],
  };
}

function readAlloy(file: string, text: string): { graph: Graph; findings: Finding[] } {
  const graph = buildGraph({ file, text, env: ALLOY_ENVIRONMENT });
  return { graph, findings: checkForm(file, text, graph) };
}
