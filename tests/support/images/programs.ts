import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from './cache.ts';
import { goBuild, moduleFolder } from './go-build.ts';
import { type GoProgram, goPrograms, type ProgramName } from './go-programs.ts';
import { withLock } from './lock.ts';
import { findOnPath } from './on-path.ts';

/**
 * The path of a program, in exactly the version of go-programs.ts: the one on PATH if it is that version, else one built
 * from Go modules. The first build takes minutes; later calls, of other processes too, find it in the cache.
 *
 * @throws a `Trouble` that says what is missing, or shows the end of the compiler's log.
 */
export async function program(name: ProgramName): Promise<string> {
  return (await installedProgram(name)) ?? builtProgram(name);
}

/** The same, if it is on this machine already: nothing is built. */
export async function presentProgram(name: ProgramName): Promise<string | undefined> {
  const installed = await installedProgram(name);
  if (installed) return installed;
  const built = join(cacheFolder(), await cacheName(name, goPrograms[name]));
  return (await exists(built)) ? built : undefined;
}

async function installedProgram(name: ProgramName): Promise<string | undefined> {
  const wanted: GoProgram = goPrograms[name];
  const installed = await findOnPath(wanted.command);
  if (!installed) return undefined;
  const { stdout } = await promisify(execFile)(installed, wanted.versionArguments).catch(() => ({ stdout: '' }));
  return tellsVersion(stdout, wanted.version) ? installed : undefined;
}

/** Like `program`, but always our own build, which is statically linked and so runs in any image. */
export async function builtProgram(name: ProgramName): Promise<string> {
  const wanted: GoProgram = goPrograms[name];
  const path = join(cacheFolder(), await cacheName(name, wanted));
  if (await exists(path)) return path;
  await withLock(`${path}.lock`, async () => {
    if (!(await exists(path))) await build(name, wanted, path);
  });
  return path;
}

/** Whether a program that printed this when asked for its version is the version that is wanted. */
export function tellsVersion(output: string, version: string): boolean {
  return /(?<![\w.])v?(\d+\.\d+\.\d+[-+.\w]*)/.exec(output)?.[1] === version;
}

async function build(name: string, wanted: GoProgram, path: string): Promise<void> {
  const log = `${path}.log`;
  console.error(`building ${name} ${wanted.version} from Go modules, which takes minutes the first time (log: ${log})`);
  await rm(log, { force: true });
  const work = await mkdtemp(`${path}.build-`);
  try {
    await mkdir(join(work, 'sources'));
    const output = join(work, 'program');
    await goBuild(name, wanted, { output, work: join(work, 'sources'), log });
    // The name appears only once all of the program is behind it.
    await rename(output, path);
    await rm(log);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The collector's version says nothing about the parts in it. */
async function cacheName(name: string, wanted: GoProgram): Promise<string> {
  if (!('builder' in wanted.source)) return `${name}-${wanted.version}`;
  const parts = await readFile(join(moduleFolder(name), 'builder.yaml'));
  const digest = createHash('sha256').update(parts).digest('hex').slice(0, 8);
  return `${name}-${wanted.version}-${digest}`;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
