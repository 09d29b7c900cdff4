import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { JSON_FOLDER, jsonFiles } from '../build.ts';

describe('grafana/dashboards/json is what the TypeScript builds', () => {
  const files = jsonFiles();
  for (const [file, text] of files) {
    test(file, () => {
      assert.equal(readFileSync(path.join(JSON_FOLDER, file), 'utf8'), text, 'run npm run dashboards');
    });
  }
  test('and there are no other files', () => {
    const there = readdirSync(JSON_FOLDER).filter((file) => file.endsWith('.json'));
    assert.deepEqual(there.toSorted(), [...files.keys()].toSorted(), 'run npm run dashboards');
  });
});
