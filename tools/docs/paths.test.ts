import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { read, root } from '../../tests/support/project.ts';

const PATH = /`((?:source|grafana|alloy|otel|mimir|loki|tempo|tests|tools|docs|workshop)\/[\w./-]+)`/g;

/** Created by the workshop, or a placeholder. */
const NOT_IN_GIT = /^workshop\/work\/|NAME/;

test('files and folders named in Markdown exist', () => {
  const pages = globSync('{*,docs/*,{source,grafana,alloy,otel,tests,workshop}/**/README}.md', {
    cwd: root,
    exclude: (name) => name.includes('node_modules'),
  });
  const named = pages.flatMap((page) => Array.from(read(page).matchAll(PATH), ([, name]) => ({ page, name: name! })));
  assert.ok(named.length > 50);
  const missing = named.filter(
    ({ page, name }) =>
      !NOT_IN_GIT.test(name) &&
      ![root, path.join(root, path.dirname(page))].some((at) => existsSync(path.join(at, name))),
  );
  assert.deepEqual(missing, []);
});
