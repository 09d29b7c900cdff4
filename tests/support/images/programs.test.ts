import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { moduleFolder } from './go-build.ts';
import { type GoProgram, goPrograms } from './go-programs.ts';
import { tellsVersion } from './programs.ts';

test('a program is known by the version that it tells', () => {
  assert.ok(tellsVersion('loki, version 3.7.8 (branch: HEAD, revision: 1a2b3c)\n  go version: go1.26.8', '3.7.8'));
  assert.ok(tellsVersion('k6 v1.8.1 (go1.26.8, linux/amd64)', '1.8.1'));
  assert.ok(tellsVersion('Docker Compose version v2.40.3', '2.40.3'));
  assert.ok(tellsVersion('otelcol-contrib version 0.159.0', '0.159.0'));
  assert.ok(!tellsVersion('k6 v1.8.10 (go1.26.8, linux/amd64)', '1.8.1'));
  assert.ok(!tellsVersion('promtool, version 3.15.0-rc.0', '3.15.0'));
  assert.ok(!tellsVersion('Mimir, version unknown\n  go version: go1.26.8', '1.26.8'));
  assert.ok(!tellsVersion('', '3.7.8'));
});

describe('the module of a program requires the version that go-programs.ts says', () => {
  for (const [name, { source, version }] of Object.entries<GoProgram>(goPrograms)) {
    test(name, async () => {
      const goMod = await readFile(join(moduleFolder(name), 'go.mod'), 'utf8');
      if ('module' in source) {
        assert.match(
          goMod,
          new RegExp(`^(require |\\t)${RegExp.escape(`${source.module} ${source.moduleVersion}`)}$`, 'm'),
        );
        assert.match(goMod, new RegExp(`^tool ${RegExp.escape(source.package)}$`, 'm'));
      } else {
        const parts = await readFile(join(moduleFolder(name), 'builder.yaml'), 'utf8');
        assert.match(parts, new RegExp(`^ {2}version: ${RegExp.escape(version)}$`, 'm'));
        for (const [, part] of parts.matchAll(/gomod: (\S+ \S+)/g)) {
          assert.ok(
            goMod.includes(`\t${part}\n`) || goMod.includes(`require ${part}\n`),
            `go.mod does not require ${part}`,
          );
        }
      }
    });
  }
});
