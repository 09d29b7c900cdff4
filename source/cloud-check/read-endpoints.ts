import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Endpoints, FIELDS, type Field, type FieldName, isPlaceholder } from './fields.ts';
import type { Problem } from './problems.ts';

/** The template, which git tracks, and the filled-in copy, which git ignores. */
export const TRACKED_FILE = 'endpoints-cloud.json';
export const LOCAL_FILE = 'endpoints-cloud.local.json';

/** The files' folder in messages; a container has them elsewhere. */
const SHOWN_FOLDER = 'alloy';

export type ReadEndpoints = {
  endpoints: Endpoints;
  /** Where each value comes from, for messages. */
  places: Record<FieldName, string>;
  /** Empty unless the file can't be read. */
  problems: Problem[];
  warnings: string[];
};

/** Reads the values from the local copy or else the template; environment variables take precedence. */
export async function readEndpoints(folder: string, env: NodeJS.ProcessEnv): Promise<ReadEndpoints> {
  const hasLocal = existsSync(path.join(folder, LOCAL_FILE));
  const name = hasLocal ? LOCAL_FILE : TRACKED_FILE;
  const shown = `${SHOWN_FOLDER}/${name}`;
  const { content, problems } = await readJson(path.join(folder, name), shown);
  const endpoints = {} as Endpoints;
  const places = {} as Record<FieldName, string>;
  for (const field of FIELDS) {
    const fromEnvironment = env[field.variable];
    endpoints[field.name] = clean(field, fromEnvironment || valueAt(content, field.path));
    places[field.name] = fromEnvironment ? `the variable ${field.variable}` : `${field.path.join('.')} in ${shown}`;
  }
  const warnings: string[] = [];
  if (!hasLocal && hasValue(content)) {
    const local = `${SHOWN_FOLDER}/${LOCAL_FILE}`;
    warnings.push(
      `${shown} is filled in, and git tracks it: your token would go into the next commit. ` +
        `Do this: mv ${shown} ${local} && git checkout ${shown}`,
    );
  }
  const ignored = unknownNames(content);
  if (ignored.length > 0) warnings.push(`${shown} has fields that nothing reads: ${ignored.join(', ')}`);
  // With every value in the environment, the file isn't needed.
  return { endpoints, places, problems: FIELDS.every(({ variable }) => env[variable]) ? [] : problems, warnings };
}

async function readJson(file: string, shown: string): Promise<{ content: unknown; problems: Problem[] }> {
  const wrong = (problem: string, hint: string) => ({ content: {}, problems: [{ where: shown, problem, hint }] });
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    return wrong(`can't be read: ${(error as NodeJS.ErrnoException).code}`, `git checkout ${shown} restores it`);
  }
  try {
    return { content: JSON.parse(text), problems: [] };
  } catch (error) {
    // The rest of the message may quote a token.
    const [place = ''] = / \(line \d+ column \d+\)/.exec((error as Error).message) ?? [];
    return wrong(`is not valid JSON${place}`, `check quotation marks and commas; jq . ${shown} shows the place`);
  }
}

function valueAt(content: unknown, keys: readonly string[]): string {
  const value = keys.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | null | undefined)?.[key],
    content,
  );
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Removes whitespace from copying, and the line break that `echo … | base64` encodes. */
function clean({ kind }: Field, value: string): string {
  const text = value.replaceAll(/\s/g, '');
  const [, inside] = (kind === 'base64' && /^(\d+:\S+)\s+$/.exec(Buffer.from(text, 'base64').toString())) || [];
  return inside === undefined ? text : Buffer.from(inside).toString('base64');
}

/** Whether any field has a value other than a placeholder. */
function hasValue(content: unknown): boolean {
  return FIELDS.map(({ path }) => valueAt(content, path)).some((value) => value !== '' && !isPlaceholder(value));
}

/** Fields that aren't used, such as some of intro-to-mltp's file. */
function unknownNames(node: unknown, before: string[] = []): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => {
    const here = [...before, name];
    if (FIELDS.some(({ path }) => here.every((key, index) => path[index] === key))) return unknownNames(child, here);
    // It may be a misplaced token.
    return [[...before, /^\w{1,30}$/.test(name) && !/^gl/.test(name) ? name : '(a name)'].join('.')];
  });
}
