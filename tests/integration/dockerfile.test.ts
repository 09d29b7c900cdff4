import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { NODE_VARIABLES, SERVICE_NODE_ARGS } from '@mythical/common/services';
import { read } from '../support/project.ts';
import { useFolder } from '../support/temporary-folder.ts';

const dockerfile = read('source/Dockerfile');
const packageJson = JSON.parse(read('package.json'));

describe('source/Dockerfile', () => {
  test('has every workspace that is in the lockfile', () => {
    for (const workspace of packageJson.workspaces as string[]) {
      assert.ok(dockerfile.includes(`COPY ${workspace}/package.json ${workspace}/`), workspace);
    }
  });

  test('makes a clone with a strict umask readable for the image’s user', () => {
    const [, run] =
      /^RUN (test -f source[\s\S]+?[^\\])\n/m.exec(dockerfile) ?? assert.fail('the RUN of the stage "service"');
    const folder = useFolder('umask');
    for (const name of ['server', 'common/http']) {
      mkdirSync(path.join(folder, 'source', name), { recursive: true, mode: 0o700 });
      writeFileSync(path.join(folder, 'source', name, 'main.ts'), '', { mode: 0o600 });
    }
    const { status } = spawnSync('sh', ['-ec', run as string], {
      cwd: folder,
      env: { ...process.env, SERVICE: 'server' },
    });
    assert.equal(status, 0);
    const modeOf = (name: string) => statSync(path.join(folder, 'source', name)).mode & 0o777;
    assert.deepEqual(
      ['server', 'common', 'server/main.ts', 'common/http/main.ts'].map(modeOf),
      [0o755, 0o755, 0o644, 0o644],
    );
  });

  test('is based on a supported Debian release', () => {
    assert.doesNotMatch(dockerfile, /debian1[0-2]|bookworm/);
  });

  test('has the version of Node that npm installs, and its arguments', () => {
    assert.ok(dockerfile.includes(`NODE_IMAGE=node:${packageJson.dependencies.node}-`));
    assert.ok(dockerfile.includes(`NODE_OPTIONS="${SERVICE_NODE_ARGS.join(' ')}"`));
    for (const [name, value] of Object.entries(NODE_VARIABLES)) assert.ok(dockerfile.includes(`${name}=${value}\n`));
  });
});
