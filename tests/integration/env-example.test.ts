import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { COMPOSE_FILES } from '../support/compose-files.ts';
import { composeDefaults } from '../support/compose-settings.ts';
import { read, root } from '../support/project.ts';

const defaults = composeDefaults();

describe('.env.example', () => {
  const compose = COMPOSE_FILES.map(read).join('\n');
  /** For tests and exercises, or set in one of our files: users don't need them. */
  const INTERNAL = /^(ALLOY_CONFIG|OTEL_CONFIG|MIMIR_RULES|LOKI_RULES|\w+_UID|COMPOSE_PROJECT_NAME)$/;

  test('has the default of each variable, which is the same everywhere', () => {
    const found = [...compose.matchAll(/\$\{(\w+)(?:(:?[-+])([^${}]*))?/g)];
    assert.ok(found.length > 50);
    for (const [, variable = '', operator, fallback] of found) {
      if (INTERNAL.test(variable) || operator?.endsWith('+')) continue;
      assert.ok(variable in defaults, `${variable} is missing`);
      // With the collector, logs are sent over OTLP; links lead to Grafana, and /dev/null isn't a certificate.
      if (['OTEL_LOGS_EXPORTER', 'GRAFANA_URL', 'CLOUD_CA_FILE'].includes(variable)) continue;
      assert.equal(fallback ?? '', defaults[variable], variable);
    }
  });

  test('has no unused variables, and only comments, so that a copy changes nothing', () => {
    for (const variable of Object.keys(defaults)) {
      // Compose itself reads the profiles.
      if (variable !== 'COMPOSE_PROFILES') assert.ok(compose.includes(`\${${variable}`), variable);
    }
    assert.doesNotMatch(read('.env.example'), /^[^#\n]/m);
  });

  test('is the only env file in git', () => {
    assert.match(read('.gitignore'), /^\.env$/m);
    const { stdout } = spawnSync('git', ['ls-files', '.env'], { cwd: root, encoding: 'utf8' });
    assert.equal(stdout, '');
  });
});
