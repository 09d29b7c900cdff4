import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parse } from 'yaml';
import { inProject, read, root, run } from './project.ts';

export type ComposeService = {
  image: string;
  build?: { args?: Record<string, string> };
  pull_policy?: string;
  ports?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  tmpfs?: string[];
  healthcheck?: { test?: string[]; start_period?: string };
  mem_limit?: string;
  cap_drop?: string[];
  security_opt?: string[];
  read_only?: boolean;
  restart?: string;
  privileged?: boolean;
  profiles?: string[];
};

/** Tags that remove what an earlier file defines. */
const RESET = { tag: '!reset', resolve: () => null };
const parseCompose = (file: string) => parse(read(file), { merge: true, logLevel: 'error', customTags: [RESET] });

/** All compose files: docker-compose.yml, its variants and overlays, and what these include. */
export const COMPOSE_FILES = [
  ...new Set(
    readdirSync(root)
      .filter((file) => /^docker-compose.*\.yml$/.test(file))
      .flatMap((file) => {
        const { include = [] } = parseCompose(file) as { include?: { path: string | string[] }[] };
        return [file, ...include.flatMap(({ path }) => path)];
      }),
  ),
];

/** A file's services as Docker Compose resolves them, with every profile, but without this shell's variables and .env. */
export async function resolveServices<T>(
  program: string,
  file: string,
  env: Record<string, string> = {},
): Promise<Record<string, T>> {
  const args = ['--env-file', '/dev/null', '-f', inProject(file), '--profile', '*', 'config', '--format', 'json'];
  const { stdout } = await run(program, args, {
    env: { PATH: process.env.PATH, HOME: tmpdir(), ...env },
    maxBuffer: 10_000_000,
  });
  return JSON.parse(stdout).services;
}

/** The services in one file, as written. */
export function servicesOf(file: string): [name: string, service: ComposeService][] {
  const { services = {} } = parseCompose(file) as { services?: Record<string, ComposeService | null> };
  return Object.entries(services).flatMap(([name, service]) => (service === null ? [] : [[name, service]]));
}
