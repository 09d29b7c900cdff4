import { findOnPath } from './on-path.ts';
import { run } from './project.ts';

type Program = {
  /** The arguments that print the version. */
  version: string;
  command?: string;
  /** Folders to search in addition to PATH. */
  folders?: string[];
  /** `npm run programs` builds it, so it is never missing in CI. */
  built?: true;
};

/** Docker's plugin folders. Compose is both a plugin and a program. */
const DOCKER_PLUGINS = [
  '/usr/local/lib',
  '/usr/local/libexec',
  '/usr/lib',
  '/usr/libexec',
  `${process.env.HOME}/.docker`,
].flatMap((folder) => [`${folder}/docker/cli-plugins`, `${folder}/cli-plugins`]);

const PROGRAMS = {
  alloy: { version: '--version' },
  collector: { command: 'otelcol-contrib', version: '--version', built: true },
  'docker-compose': { version: 'version', folders: DOCKER_PLUGINS, built: true },
  k6: { version: 'version' },
  loki: { version: '-version' },
  mimir: { version: '-version' },
  prometheus: { version: '--version', built: true },
  promtool: { version: '--version', built: true },
  pyroscope: { version: '-version' },
  tempo: { version: '-version' },
  nginx: { version: '-v', folders: ['/usr/sbin'] },
  kubectl: { version: 'version --client' },
  'kube-apiserver': { version: '--version' },
  etcd: { version: '--version' },
  versitygw: { version: '--version' },
} satisfies Record<string, Program>;

export type ProgramName = keyof typeof PROGRAMS;
export const PROGRAM_NAMES = Object.keys(PROGRAMS) as ProgramName[];

export type RealProgram = { path: string; skip: false } | { path: undefined; skip: string };

/** Set by programs-report.ts, which prints all programs, so that test files don't need to. */
export const ALL_PRINTED = 'PROGRAMS_PRINTED';

const found = new Map<ProgramName, Promise<RealProgram>>();

/**
 * A real program for a test: the one on PATH, whatever its version. Without it, `skip` is "not run: NAME", for a test's
 * option of that name.
 *
 * @throws in CI, if a program that `npm run programs` builds is missing: CI must not leave out tests that could run
 */
export function realProgram(name: ProgramName): Promise<RealProgram> {
  let program = found.get(name);
  if (program === undefined) {
    program = find(name);
    found.set(name, program);
  }
  return program;
}

async function find(name: ProgramName): Promise<RealProgram> {
  const { command = name, folders = [], built }: Program = PROGRAMS[name];
  const path = await findOnPath(command, ...folders);
  if (path === undefined) {
    if (process.env.CI && built) throw new Error(`${command} is not on PATH: npm run programs builds it`);
    return { path, skip: `not run: ${name}` };
  }
  if (!process.env[ALL_PRINTED]) console.log(await describeProgram(name, path));
  return { path, skip: false };
}

/** "alloy 1.18.1 (/usr/bin/alloy)" */
export async function describeProgram(name: ProgramName, path: string): Promise<string> {
  const { stdout, stderr } = await run(path, PROGRAMS[name].version.split(' '), {
    timeout: 20_000,
  }).catch(() => ({ stdout: '', stderr: '' }));
  const version = /(?<![\w.])v?(\d+\.\d+\.\d+[-+.\w]*)/.exec(stdout + stderr)?.[1];
  return `${name} ${version ?? 'of an unknown version'} (${path})`;
}
