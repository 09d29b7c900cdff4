import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { Trouble } from '@mythical/common/lifecycle';

/**
 * The page is the one part of the project that has to be built, by Vite. Where its sources have changed since, that is
 * done when the frontend starts, in about a second; an image has it done before. `npm run build -w source/frontend`
 *
 * Each build has a folder of its own, `dist/<hash of the sources>`, that appears when it is complete. So starts and tests
 * that run at the same time don't get into each other's way.
 */
const FRONTEND = import.meta.dirname;
const SOURCES = join(FRONTEND, 'page');
const DIST = join(FRONTEND, 'dist');
const SETTINGS = ['package.json', 'vite.config.ts'].map((name) => join(FRONTEND, name));
const NO_PART_OF_IT = /\.test\.ts$|^tsconfig(\.test)?\.json$/;

/**
 * The folder of the built page; builds it first where it is missing or stale.
 *
 * @throws {Trouble} where that fails, with what Vite says
 */
export async function builtPage(): Promise<string> {
  const folder = join(DIST, await hashOfSources());
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    await runVite(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    // Somebody else has built the same meanwhile: then the folder is there, and not empty.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await removeOthers(folder);
  return folder;
}

/** In a process of its own: Vite's memory is given back, and NODE_ENV of ours is no matter. */
async function runVite(outDir: string): Promise<void> {
  const script = `
    import { build } from 'vite';
    await build({ configFile: ${JSON.stringify(join(FRONTEND, 'vite.config.ts'))}, build: { outDir: process.argv[1] } });`;
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, outDir], {
      cwd: FRONTEND,
      env: { ...process.env, NODE_ENV: 'production' },
    });
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    throw new Trouble(whyNotBuilt((stderr || stdout || String(error)).trim()));
  }
}

/** Vite is a development dependency. */
export function whyNotBuilt(output: string): string {
  return output.includes('ERR_MODULE_NOT_FOUND')
    ? 'the page could not be built, because development dependencies are missing: run npm ci --include=dev'
    : `the page could not be built. ${output}`;
}

/** Earlier builds. Who serves one has it in memory. */
async function removeOthers(folder: string): Promise<void> {
  for (const name of await readdir(DIST)) {
    const isUnfinished = name.includes('.');
    if (!isUnfinished && join(DIST, name) !== folder) await rm(join(DIST, name), { recursive: true, force: true });
  }
}

async function hashOfSources(): Promise<string> {
  const entries = await readdir(SOURCES, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile() && !NO_PART_OF_IT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const file of [...sources, ...SETTINGS].sort()) {
    hash
      .update(`${relative(FRONTEND, file).split(sep).join('/')}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

if (import.meta.main) console.log(`The page is in ${await builtPage()}`);
