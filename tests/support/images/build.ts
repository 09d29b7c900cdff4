/**
 * Makes local images, from packages, under the tags that the compose files name: for machines that no image registry
 * answers.
 *
 * Usage: npm run images [-- [--force] [image…]]. Without names it makes all that are missing. See README.md.
 */
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Trouble } from '@mythical/common/lifecycle';
import { cacheFolder } from './cache.ts';
import { makeDebianImage } from './debian.ts';
import { decide } from './decide.ts';
import { buildImage, type LocalImage, localImage } from './docker.ts';
import { withLock } from './lock.ts';
import { findRecipe, type Recipe } from './recipes.ts';
import { type Row, table } from './table.ts';
import { wantedImages } from './wanted-images.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');

try {
  const { values, positionals } = parseArgs({ options: { force: { type: 'boolean' } }, allowPositionals: true });
  const images = positionals.length > 0 ? positionals : await wantedImages(REPOSITORY);
  if (images.length === 0) throw new Trouble(`no compose file in ${REPOSITORY} names an image`);
  await mkdir(cacheFolder(), { recursive: true });
  const rows = await withLock(join(cacheFolder(), 'images.lock'), () => provideAll(images, values.force ?? false));
  console.log(table(rows));
  if (rows.some((row) => row.state.startsWith('failed'))) process.exitCode = 1;
} catch (error) {
  if (!(error instanceof Trouble)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

async function provideAll(images: string[], force: boolean): Promise<Row[]> {
  const rows: Row[] = [];
  for (const image of images) await provide(image, force, rows);
  return rows;
}

/** Adds a row for the image, after those for images that it is built on, if they have to be made. */
async function provide(image: string, force: boolean, rows: Row[]): Promise<boolean> {
  const found = await localImage(image);
  const recipe = findRecipe(image);
  const decision = decide({
    found: !found ? 'nothing' : found.standIn ? 'stand-in' : 'other',
    canBuild: !!recipe,
    force,
  });
  if (decision === 'keep' && found) rows.push(presentRow(image, found));
  if (decision === 'unavailable') rows.push({ image, state: 'not available from packages' });
  if (decision !== 'build' || !recipe) return decision === 'keep';

  for (const need of 'needs' in recipe ? recipe.needs : []) {
    if (await localImage(need)) continue;
    if (await provide(need, false, rows)) continue;
    rows.push({ image, state: `failed: needs ${need}` });
    return false;
  }
  console.error(`making ${image} of: ${recipe.madeOf}`);
  const start = performance.now();
  try {
    await make(image, recipe);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    console.error(error.message);
    rows.push({ image, state: 'failed, see above' });
    return false;
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  const megabytes = (await localImage(image))?.megabytes;
  rows.push({ image, state: 'built', seconds, megabytes, madeOf: recipe.madeOf });
  return true;
}

function presentRow(image: string, { megabytes, standIn }: LocalImage): Row {
  return { image, state: 'present', megabytes, madeOf: standIn ?? 'not made here' };
}

async function make(image: string, recipe: Recipe): Promise<void> {
  if ('debian' in recipe) return makeDebianImage(image, recipe.debian, recipe.madeOf);
  const build = await mkdtemp(join(cacheFolder(), 'build-'));
  try {
    await cp(join(import.meta.dirname, recipe.folder), build, { recursive: true });
    await recipe.fill?.(build);
    await buildImage(image, build, recipe.madeOf);
  } finally {
    await rm(build, { recursive: true, force: true });
  }
}
