import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { openLogFile } from './log-file.ts';

describe('a log file', () => {
  test('only has the lines of this run', async () => {
    const folder = useFolder('log');
    const path = join(folder, 'logs', 'lens.log');
    for (const run of ['first', 'second']) {
      using log = openLogFile(path);
      log.write(`${run} run`);
      log.write('ready');
    }
    assert.equal(await readFile(path, 'utf8'), 'second run\nready\n');
  });

  test('never exceeds twice its limit, and keeps the newest lines', async () => {
    const folder = useFolder('log');
    const path = join(folder, 'lens.log');
    using log = openLogFile(path, 1_000);
    for (let line = 0; line < 1_000; line++) log.write(`line ${line}`);
    const files = await readdir(folder);
    assert.deepEqual(files.sort(), ['lens.log', 'lens.log.old']);
    for (const file of files) assert.ok((await stat(join(folder, file))).size <= 1_000);
    const text = (await readFile(`${path}.old`, 'utf8')) + (await readFile(path, 'utf8'));
    const numbers = [...text.matchAll(/^line (\d+)$/gm)].map((match) => Number(match[1]));
    assert.equal(numbers.at(-1), 999);
    assert.deepEqual(
      numbers,
      Array.from({ length: numbers.length }, (_, index) => 1_000 - numbers.length + index),
    );
  });

  test('accepts a line that is longer than the limit', async () => {
    const folder = useFolder('log');
    const path = join(folder, 'lens.log');
    using log = openLogFile(path, 10);
    log.write('a line of more than ten bytes');
    assert.equal(await readFile(path, 'utf8'), 'a line of more than ten bytes\n');
  });
});
