import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findRecipe, recipes } from './recipes.ts';
import { imagesOfDockerfile } from './wanted-images.ts';

describe('a recipe says what its Dockerfile starts from', () => {
  for (const recipe of recipes) {
    if ('debian' in recipe) continue;
    test(recipe.folder, async () => {
      const dockerfile = await readFile(join(import.meta.dirname, recipe.folder, 'Dockerfile'), 'utf8');
      // Docker would ask a registry for anything that is not made first.
      for (const image of imagesOfDockerfile(dockerfile)) assert.ok(recipe.needs.includes(image), image);
      for (const need of recipe.needs) assert.ok(findRecipe(need), need);
    });
  }
});

test('a tag belongs to the recipe of its very variant', () => {
  const folder = (tag: string) => {
    const recipe = findRecipe(tag);
    return recipe && 'folder' in recipe ? recipe.folder : undefined;
  };
  assert.equal(folder('postgres:18.4-bookworm'), 'postgres');
  assert.equal(folder('postgres:18.4-alpine'), undefined);
  assert.equal(folder('grafana/loki:3.7.8'), 'loki');
  assert.equal(folder('grafana/loki:2.9.0'), undefined);
  assert.equal(folder('example.org/grafana/loki:3.7.8'), undefined);
  assert.equal(folder('rabbitmq:4.3.2-management'), 'rabbitmq');
  assert.equal(folder('rabbitmq:4.3.2'), undefined);
  assert.equal(folder('busybox:1.37.0-musl@sha256:0123'), undefined);
  assert.equal(folder('grafana/grafana:13.2.0'), undefined);
});
