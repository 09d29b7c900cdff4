import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type Endpoints, FIELDS, type Field, type FieldName, isPlaceholder } from './fields.ts';
import type { Problem } from './problems.ts';

/** The file with placeholders, which git tracks; and the copy that is filled, which git ignores. */
export const TRACKED_FILE = 'endpoints-cloud.json';
export const LOCAL_FILE = 'endpoints-cloud.local.json';

/** What messages call the folder of these files, which has another name in a container. */
const SHOWN_FOLDER = 'alloy';

export type ReadEndpoints = {
  endpoints: Endpoints;
  /** What a message calls the place of each value. */
  places: Record<FieldName, string>;
  /** Why the file can't be read, if so. */
  problems: Problem[];
  warnings: string[];
};

/** Reads the values: a variable of the environment wins over the file. The file is the local copy where there is one. */
export async function readEndpoints(folder: string, env: NodeJS.ProcessEnv): Promise<ReadEndpoints> {
  const hasLocal = await access(path.join(folder, LOCAL_FILE)).then(
    () => true,
    () => false,
  );
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
      `${shown} is filled, and git tracks it: your token would go into the next commit. ` +
        `Do this: mv ${shown} ${local} && git checkout ${shown}`,
    );
  }
  const ignored = unknownNames(content);
  if (ignored.length > 0) warnings.push(`${shown} has fields that nothing reads: ${ignored.join(', ')}`);
  // With every value in the environment the file is not needed.
  return { endpoints, places, problems: FIELDS.every(({ variable }) => env[variable]) ? [] : problems, warnings };
}

async function readJson(file: string, shown: string): Promise<{ content: unknown; problems: Problem[] }> {
  const wrong = (problem: string, hint: string) => ({ content: {}, problems: [{ where: shown, problem, hint }] });
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    return wrong(`can't be read: ${(error as NodeJS.ErrnoException).code}`, `git checkout ${shown} brings it back`);
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

/** Takes out what copying adds: no value has blanks or line breaks. With `echo` one gets into what base64 encodes. */
function clean({ kind }: Field, value: string): string {
  const text = value.replaceAll(/\s/g, '');
  const [, inside] = (kind === 'base64' && /^(\d+:\S+)\s+$/.exec(Buffer.from(text, 'base64').toString())) || [];
  return inside === undefined ? text : Buffer.from(inside).toString('base64');
}

/** Whether the file has more than placeholders in the fields that are read. */
function hasValue(content: unknown): boolean {
  return FIELDS.map(({ path }) => valueAt(content, path)).some((value) => value !== '' && !isPlaceholder(value));
}

/** The names that no field has, such as those of intro-to-mltp's file. */
function unknownNames(node: unknown, before: string[] = []): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, child]) => {
    const here = [...before, name];
    if (FIELDS.some(({ path }) => here.every((key, index) => path[index] === key))) return unknownNames(child, here);
    // It may be a token in the place of a name.
    return [[...before, /^\w{1,30}$/.test(name) && !/^gl/.test(name) ? name : '(a name)'].join('.')];
  });
}
