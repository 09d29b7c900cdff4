import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { describeProgram, realProgram } from './real-program.ts';
import { useFolder } from './temporary-folder.ts';

describe('a real program', () => {
  const { PATH, CI } = process.env;
  afterEach(() => {
    Object.assign(process.env, { PATH, CI });
    if (CI === undefined) delete process.env.CI;
  });

  test('is the one on PATH, whatever its version, and reports it', async () => {
    const folder = useFolder('program');
    const program = path.join(folder, 'loki');
    await writeFile(program, '#!/bin/sh\necho "loki, version 3.7.8 (branch: HEAD)" >&2\necho go1.26.8\n', {
      mode: 0o755,
    });
    process.env.PATH = `${folder}${path.delimiter}${PATH}`;
    assert.deepEqual(await realProgram('loki'), { path: program, skip: false });
    assert.equal(await describeProgram('loki', program), `loki 3.7.8 (${program})`);
  });

  test('if it is missing, the test is skipped by name; in CI, it is an error if we build it ourselves', async () => {
    Object.assign(process.env, { PATH: '', CI: 'true' });
    assert.deepEqual(await realProgram('mimir'), { path: undefined, skip: 'not run: mimir' });
    await assert.rejects(realProgram('prometheus'), /prometheus is not on PATH: npm run programs builds it/);
  });
});
