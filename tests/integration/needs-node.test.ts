import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { read, root } from '../support/project.ts';
import { useFolder } from '../support/temporary-folder.ts';

// What npm runs if the Node that it should install is missing: after `npm ci --ignore-scripts`, on a machine with another Node.

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const folder = useFolder('node');

/** Runs Node as if it were another version. */
function nodeAs(version: string, args: string[], env: Record<string, string> = {}) {
  const disguise = join(folder, `${version}.cjs`);
  writeFileSync(disguise, `Object.defineProperty(process.versions, 'node', { value: '${version}' });`);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-r', disguise, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describe('an older Node', () => {
  for (const [name, script] of Object.entries(scripts).filter(([, script]) => /^node /.test(script))) {
    test(`npm run ${name} explains what to run`, () => {
      const { status, output } = nodeAs('20.19.2', script.split(' ').slice(1));
      assert.equal(status, 1);
      assert.equal(
        output,
        'This is Node 20.19.2, but Node 24 is needed. Install it with: npm ci --ignore-scripts=false\n',
      );
    });
  }

  test('includes versions before 24.12', () => {
    assert.equal(nodeAs('24.11.1', ['-r', './tools/needs-node-24.cjs', '-e', '']).status, 1);
    assert.equal(nodeAs('24.12.0', ['-r', './tools/needs-node-24.cjs', '-e', '']).status, 0);
    assert.equal(nodeAs('26.0.0', ['-r', './tools/needs-node-24.cjs', '-e', '']).status, 0);
  });
});

test('a Node that may not run TypeScript names the variable to check', () => {
  const { status, output } = nodeAs('24.21.0', ['-r', './tools/needs-node-24.cjs', '-e', ''], {
    NODE_OPTIONS: '--no-strip-types',
  });
  assert.equal(status, 1);
  assert.match(output, /^Node is configured not to run TypeScript: .*NODE_OPTIONS\n$/);
});

test('NODE_ENV from the shell does not keep npm from installing the build tools of the pages', () => {
  const { stdout } = spawnSync('npm', ['config', 'get', 'omit'], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    encoding: 'utf8',
  });
  assert.equal(stdout.trim(), '');
});
