import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { builtPage, whyNotBuilt } from './build.ts';
import { loadFiles } from './static-files.ts';

/** All JavaScript of a page, compressed; the frontend's includes Faro and tracing. */
const MAX_SCRIPT_BYTES = 150_000;

for (const name of ['frontend', 'lens']) {
  describe(`the built page of ${name}`, () => {
    const source = join(import.meta.dirname, '..', name);

    test('has small scripts', async (t) => {
      const files = await loadFiles(await builtPage(source));
      const scripts = [...files].filter(([path]) => path.endsWith('.js'));
      const sizes = scripts.map(([path, { body, gzipped }]) => [path, (gzipped ?? body).length] as const);
      for (const [path, size] of sizes) t.diagnostic(`${path}: ${size} bytes`);
      const total = sizes.reduce((sum, [, size]) => sum + size, 0);
      t.diagnostic(`${total} bytes in total`);
      assert.ok(scripts.length >= 2, 'Faro and the flame graph are loaded separately');
      assert.ok(total <= MAX_SCRIPT_BYTES, `${total} bytes`);
    });

    test('loads nothing from other servers', async () => {
      const files = await loadFiles(await builtPage(source));
      const html = String(files.get('/index.html')?.body);
      for (const [, address] of html.matchAll(/(?:src|href)="([^"]*)"/g)) {
        assert.ok(files.has(address!), `${address} is one of the files`);
      }
      const styles = [...files].filter(([path]) => path.endsWith('.css')).map(([, { body }]) => String(body));
      assert.ok(styles.length >= 1);
      assert.doesNotMatch(styles.join(), /@import|url\(/);
    });

    test("isn't rebuilt if its sources haven't changed", async () => {
      const folder = await builtPage(source);
      const { mtimeMs } = await stat(folder);
      assert.equal(await builtPage(source), folder);
      assert.equal((await stat(folder)).mtimeMs, mtimeMs);
      assert.ok((await readdir(folder)).includes('index.html'));
    });
  });
}

test('names the command that installs missing development dependencies', () => {
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', "import 'not-installed'"], {
    encoding: 'utf8',
  });
  assert.match(whyNotBuilt('a/page', stderr), /: run npm ci --include=dev$/);
  assert.match(whyNotBuilt('a/page', 'Syntax error in main.tsx'), /Syntax error in main\.tsx$/);
});
