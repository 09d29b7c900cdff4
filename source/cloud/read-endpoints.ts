import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Endpoints, FIELDS, type FieldName, placeholderIn } from './fields.ts';
import { findJsonMistake } from './json-mistake.ts';
import type { Problem } from './problems.ts';

/** The file with placeholders, which git tracks; and the copy that is filled, which git ignores. */
export const TRACKED_FILE = 'endpoints-cloud.json';
export const LOCAL_FILE = 'endpoints-cloud.local.json';

export type ReadEndpoints = {
  endpoints: Endpoints;
  /** What a message calls the place of each value. */
  places: Record<FieldName, string>;
  /** What is wrong with the file as a whole, or with names in it. */
  problems: Problem[];
  warnings: string[];
};

const text = z.string({ error: 'expected a text in quotation marks' });
const basicAuth = z.strictObject({ username: text, password: text }).partial();
const fileSchema = z
  .strictObject({
    metrics: z.strictObject({ url: text, basicAuth }).partial(),
    logs: z.strictObject({ url: text, basicAuth }).partial(),
    traces: z.strictObject({ url: text, basicAuthToken: text }).partial(),
    profiles: z.strictObject({ url: text, basicAuth }).partial(),
  })
  .partial();

/**
 * Reads the values: a variable of the environment wins over the file. The file is the local copy where there is one.
 *
 * @param shownFolder what messages call the folder, which has another name in a container
 */
export async function readEndpoints(
  folder: string,
  env: NodeJS.ProcessEnv,
  shownFolder = 'alloy',
): Promise<ReadEndpoints> {
  const name = (await exists(path.join(folder, LOCAL_FILE))) ? LOCAL_FILE : TRACKED_FILE;
  const shown = path.posix.join(shownFolder, name);
  const { content, problems } = await readFileOf(path.join(folder, name), shown);
  const endpoints = {} as Endpoints;
  const places = {} as Record<FieldName, string>;
  for (const { name, path, variable } of FIELDS) {
    const fromFile = path.reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], content);
    const fromEnvironment = env[variable];
    endpoints[name] = fromEnvironment || (typeof fromFile === 'string' ? fromFile : '');
    places[name] = fromEnvironment ? `the variable ${variable}` : `${path.join('.')} in ${shown}`;
  }
  // Where every value comes from the environment, nobody needs the file.
  const fromEnvironmentOnly = FIELDS.every(({ variable }) => env[variable]);
  const warnings: string[] = [];
  if (name === TRACKED_FILE && problems.length === 0 && hasSecret(content)) {
    warnings.push(
      `${shown} is filled, and git tracks it: your token would go into the next commit. ` +
        `Do this: mv ${shown} ${path.posix.join(shownFolder, LOCAL_FILE)} && git checkout ${shown}`,
    );
  }
  return { endpoints, places, problems: fromEnvironmentOnly ? [] : problems, warnings };
}

async function readFileOf(file: string, shown: string): Promise<{ content: unknown; problems: Problem[] }> {
  const wrong = (problem: string, hint: string) => ({ content: {}, problems: [{ where: shown, problem, hint }] });
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return wrong('there is no such file', `bring it back: git checkout ${shown}`);
    if (code === 'EISDIR') return wrong('is a folder', `remove it, and bring the file back: git checkout ${shown}`);
    return wrong(`can't be read (${code})`, `let your user read it: chmod u+r ${shown}`);
  }
  if (isUtf16(bytes)) return wrong('is saved as UTF-16', 'save it as UTF-8: in Notepad, at “Encoding” of “Save as”');
  const content = bytes.toString('utf8').replace(/^\uFEFF/, '');
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    const { line, column, mistake } = findJsonMistake(content);
    return wrong(`is no JSON: line ${line}, column ${column}: ${mistake}`, 'compare it with a field that is well');
  }
  const result = fileSchema.safeParse(json);
  if (result.success) return { content: json, problems: [] };
  return { content: json, problems: result.error.issues.flatMap((issue) => explain(issue, shown)) };
}

/** As a Windows program saves "Unicode": by its byte order mark. */
function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

function explain(issue: z.core.$ZodIssue, shown: string): Problem[] {
  const at = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      where: `${[...issue.path, isPlainName(key) ? key : '(a name)'].join('.')} in ${shown}`,
      problem: 'is no field that Alloy reads',
      hint: `the fields are ${FIELDS.map(({ path }) => path.join('.'))
        .filter((field) => issue.path.length === 0 || field.startsWith(`${issue.path[0] as string}.`))
        .join(', ')}`,
    }));
  }
  const where = at === '' ? shown : `${at} in ${shown}`;
  if (FIELDS.some(({ path }) => path.join('.') === at)) {
    return [{ where, problem: 'is no text', hint: 'put it into quotation marks, also where it is a number' }];
  }
  return [{ where, problem: 'is no object with fields', hint: `compare it with git show HEAD:alloy/${TRACKED_FILE}` }];
}

/** No token is: it is longer, and has digits. */
function isPlainName(key: string): boolean {
  return /^[a-z]{1,20}$/i.test(key);
}

/** Whether the file holds more than placeholders. */
function hasSecret(content: unknown): boolean {
  if (typeof content === 'string') return content !== '' && placeholderIn(content) === undefined;
  return typeof content === 'object' && content !== null && Object.values(content).some(hasSecret);
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
