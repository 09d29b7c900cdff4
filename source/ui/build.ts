import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { UserError } from '@mythical/common/lifecycle';

/**
 * Only the pages need a build, which Vite does. If their sources have changed, it runs when the page is first needed
 * and takes about a second; images include the built page.
 *
 * Each build goes to `dist/<hash of the sources>`, which is created atomically, so that concurrent starts and tests
 * don't interfere.
 */
const UI = import.meta.dirname;
const SHARED = ['page', 'package.json', 'vite.config.ts', 'tsconfig.build.json'].map((name) => join(UI, name));
const NOT_BUILT = /\.test\.ts$|^tsconfig\.json$/;

/**
 * The folder of a package's built page. Builds it if it is missing or stale.
 *
 * @param packageFolder such as source/lens @throws {UserError} if the build fails, with Vite's output
 */
export async function builtPage(packageFolder: string): Promise<string> {
  const dist = join(packageFolder, 'dist');
  const folder = join(dist, await hashOfSources(packageFolder));
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}.${randomUUID()}`;
  try {
    await runVite(join(packageFolder, 'page'), unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    // Another process may have finished the same build: then the folder exists and isn't empty.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  await removeOthers(dist, folder);
  return folder;
}

/** In a child process, which releases Vite's memory and has its own NODE_ENV. */
async function runVite(root: string, outDir: string): Promise<void> {
  const settings = { root, configFile: join(UI, 'vite.config.ts'), build: { outDir } };
  const script = `import { build } from 'vite'; await build(${JSON.stringify(settings)});`;
  try {
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: UI,
      env: { ...process.env, NODE_ENV: 'production' },
    });
  } catch (error) {
    const { stderr = '', stdout = '' } = error as { stderr?: string; stdout?: string };
    throw new UserError(whyNotBuilt(root, (stderr || stdout || String(error)).trim()));
  }
}

/** Vite is a development dependency. */
export function whyNotBuilt(page: string, output: string): string {
  const failed = `the page in ${page} could not be built`;
  return output.includes('ERR_MODULE_NOT_FOUND')
    ? `${failed}, because development dependencies are missing: run npm ci --include=dev`
    : `${failed}. ${output}`;
}

/** Deletes earlier builds. Servers have theirs in memory. */
async function removeOthers(dist: string, folder: string): Promise<void> {
  for (const name of await readdir(dist)) {
    const isUnfinished = name.includes('.');
    if (!isUnfinished && join(dist, name) !== folder) await rm(join(dist, name), { recursive: true, force: true });
  }
}

async function hashOfSources(packageFolder: string): Promise<string> {
  const paths = [join(packageFolder, 'page'), join(packageFolder, 'package.json'), ...SHARED];
  const hash = createHash('sha256');
  for (const file of (await Promise.all(paths.map(filesBelow))).flat().sort()) {
    hash
      .update(`${relative(UI, file).split(sep).join('/')}\0`)
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(path: string): Promise<string[]> {
  if (/\.\w+$/.test(path)) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && !NOT_BUILT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.main) {
  for (const folder of process.argv.slice(2)) console.log(`The page is in ${await builtPage(resolve(folder))}`);
}
