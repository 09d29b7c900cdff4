import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readDashboards } from '../../grafana/model/dashboards/read.ts';
import { read, root } from '../../tests/support/project.ts';

const page = read('docs/dashboards.md');

describe('docs/dashboards.md has a section for every dashboard', () => {
  const titles = [...readDashboards().values()].map(({ title }) => title);

  for (const title of titles) {
    test(title, () => assert.ok(page.includes(`## ${title}\n`), `a heading for ${title}`));
  }

  test('its pictures exist', () => {
    for (const [, file] of page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      assert.ok(statSync(path.join(root, 'docs', file!)).size > 0, file);
    }
  });
});
