import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { readDashboards } from '../../grafana/model/dashboards/read.ts';

const page = readFileSync(path.join(import.meta.dirname, '../../docs/dashboards.md'), 'utf8');

describe('docs/dashboards.md has a section for every dashboard', () => {
  const titles = [...readDashboards().values()].map(({ title }) => title);

  for (const title of titles) {
    test(title, () => assert.ok(page.includes(`## ${title}\n`), `a heading for ${title}`));
  }

  test('its pictures exist', () => {
    for (const [, file] of page.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)) {
      assert.ok(readFileSync(path.join(import.meta.dirname, '../../docs', file!)).length > 0, file);
    }
  });
});
