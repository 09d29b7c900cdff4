import { readdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';

type Variables = Record<string, string | undefined>;
type Build =
  | string
  | { context?: string; dockerfile?: string; dockerfile_inline?: string; args?: Variables | string[] };
type Service = { image?: string; build?: Build; extends?: unknown };

/** An image that Compose builds itself: where its Dockerfile is, and the arguments that Compose passes to it. */
export type BuiltImage = { dockerfile: string; args: Variables } | { inline: string; args: Variables };

/**
 * The images that a machine must have before `docker compose up` works with any of the compose files in `folder`: those
 * that the services run, and those that our own images are built on.
 */
export async function wantedImages(folder: string, environment: Variables = process.env): Promise<string[]> {
  const dotEnv = parseEnv(await readFile(join(folder, '.env'), 'utf8').catch(() => ''));
  const variables: Variables = { ...dotEnv, ...environment };
  const images = new Set<string>();
  const files = (await readdir(folder)).filter((file) => /^docker-compose.*\.ya?ml$/.test(file)).sort();
  for (const file of new Set(await withIncluded(folder, files))) {
    const compose = imagesOfCompose(await readFile(join(folder, file), 'utf8'), variables);
    for (const image of compose.run) images.add(image);
    for (const build of compose.built) {
      const text = 'inline' in build ? build.inline : await readFile(resolve(folder, build.dockerfile), 'utf8');
      for (const image of imagesOfDockerfile(text, build.args)) images.add(image);
    }
  }
  return [...images];
}

/** The files, and those that they include. */
async function withIncluded(folder: string, files: string[]): Promise<string[]> {
  const included = await Promise.all(
    files.map(async (file) => {
      const { include = [] } = (parse(await readFile(join(folder, file), 'utf8'), { logLevel: 'error' }) ?? {}) as {
        include?: (string | { path: string | string[] })[];
      };
      return include.flatMap((one) => (typeof one === 'string' ? one : one.path));
    }),
  );
  return [...files, ...included.flat()];
}

/** What Compose takes away from what was said before. */
const RESET = { tag: '!reset', resolve: () => null };

/** What a compose file runs as it is, and what it builds. An overlay may have services without either. */
export function imagesOfCompose(text: string, variables: Variables): { run: string[]; built: BuiltImage[] } {
  // Warnings would be about Compose's own tag !override.
  const compose = parse(text, { merge: true, logLevel: 'error', customTags: [RESET] });
  const services = Object.values((compose?.services ?? {}) as Record<string, Service | null>);
  const run = new Set<string>();
  const built: BuiltImage[] = [];
  const names = new Set(services.flatMap((service) => (service?.build ? [service.image] : [])));
  for (const service of services) {
    // Who extends a service and changes its arguments only is built by that one's Dockerfile, which counts there.
    if (service?.extends && service.build && !namesDockerfile(service.build)) continue;
    if (service?.build) built.push(builtImage(service.build, variables));
    // Beside `build`, `image` is only the name that the result gets; others may run it as well.
    else if (service?.image && !names.has(service.image)) run.add(substitute(service.image, variables));
  }
  return { run: [...run], built };
}

function namesDockerfile(build: Build): boolean {
  return typeof build === 'string' || 'context' in build || 'dockerfile' in build || 'dockerfile_inline' in build;
}

function builtImage(build: Build, variables: Variables): BuiltImage {
  const { context = '.', dockerfile = 'Dockerfile', ...more } = typeof build === 'string' ? { context: build } : build;
  const args = buildArguments(more.args ?? {}, variables);
  if (more.dockerfile_inline) return { inline: substitute(more.dockerfile_inline, variables), args };
  return { dockerfile: join(substitute(context, variables), substitute(dockerfile, variables)), args };
}

function buildArguments(args: Variables | string[], variables: Variables): Variables {
  const pairs = Array.isArray(args) ? args.map((arg) => arg.split(/=(.*)/s)) : Object.entries(args);
  // An argument without a value is passed on from the environment.
  return Object.fromEntries(
    pairs.map(([name = '', value]) => [name, value == null ? variables[name] : substitute(String(value), variables)]),
  );
}

/** The images that a Dockerfile starts from or copies from. Its own stages are none. */
export function imagesOfDockerfile(text: string, args: Variables = {}): string[] {
  const known: Variables = {};
  const stages = new Set(['scratch']);
  const images = new Set<string>();
  const add = (reference: string) => {
    const image = substitute(reference, known);
    if (!stages.has(image.toLowerCase()) && !/^\d+$/.test(image)) images.add(image);
  };
  for (const line of text.replaceAll(/\\\n/g, ' ').split('\n')) {
    const [, instruction, rest = ''] = /^\s*(ARG|FROM|COPY)\s+(.*)$/i.exec(line) ?? [];
    if (instruction?.toUpperCase() === 'ARG') {
      const [, name = '', value] = /^(\w+)(?:=["']?([^"'\s]*))?/.exec(rest) ?? [];
      known[name] = args[name] ?? (value === undefined ? undefined : substitute(value, known));
    } else if (instruction?.toUpperCase() === 'FROM') {
      const [, image = '', stage] = /^(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(rest) ?? [];
      add(image);
      if (stage) stages.add(stage.toLowerCase());
    } else if (instruction) {
      const from = /(?:^|\s)--from=(\S+)/.exec(rest)?.[1];
      if (from) add(from);
    }
  }
  return [...images];
}

/**
 * Puts values in place of $NAME, ${NAME}, ${NAME:-default} and ${NAME-default}, as Compose and Docker do.
 *
 * @throws for a variable that has neither a value nor a default.
 */
export function substitute(text: string, variables: Variables): string {
  // Repeated from the inside out, because a default may hold a variable.
  const expression = /\$\{(\w+)(?:(:?[-?])([^${}]*))?\}|(?<!\$)\$(\w+)/;
  for (let match = expression.exec(text); match; match = expression.exec(text)) {
    const [whole, braced, operator = '', word = '', bare] = match;
    const name = braced ?? bare ?? '';
    const value = variables[name];
    const missing = value === undefined || (value === '' && operator.startsWith(':'));
    if (missing && !operator.endsWith('-'))
      throw new Error(`the variable ${name} of ${JSON.stringify(text)} is not set`);
    text = text.slice(0, match.index) + (missing ? word : value) + text.slice(match.index + whole.length);
  }
  return text.replaceAll('$$', '$');
}

function resolve(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
