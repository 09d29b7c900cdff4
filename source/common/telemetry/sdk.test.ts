import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

/** Imports the SDK in a separate process, and prints which instrumentations it creates and which packages it has loaded. */
const PROGRAM = `
  import { registerHooks } from 'node:module';
  const loaded = new Set();
  registerHooks({
    load(url, context, next) {
      loaded.add(/@opentelemetry\\/([^/]+)\\/(?!.*@opentelemetry)/.exec(url)?.[1]);
      return next(url, context);
    },
  });
  const { getNodeAutoInstrumentations } = await import('./sdk.ts');
  const created = getNodeAutoInstrumentations().map((instrumentation) => instrumentation.instrumentationName);
  console.log(JSON.stringify({ created, loaded: [...loaded].filter(Boolean) }));`;

async function importSdk(env: NodeJS.ProcessEnv = {}): Promise<{ created: string[]; loaded: string[] }> {
  const args = ['--input-type=module', '--eval', PROGRAM];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env });
  return JSON.parse(stdout);
}

const shortNames = (names: string[]) => names.map((name) => name.replace('@opentelemetry/instrumentation-', ''));

describe('the SDK', () => {
  test('loads the instrumentations in use, and no other, nor exporters that we would not use', async () => {
    const { created, loaded } = await importSdk();
    assert.deepEqual(shortNames(created).sort(), ['amqplib', 'http', 'pg', 'undici']);
    const instrumentations = loaded.filter((name) => name.startsWith('instrumentation-'));
    assert.deepEqual(shortNames(instrumentations.map((name) => `@opentelemetry/${name}`)).sort(), [
      'amqplib',
      'http',
      'pg',
      'undici',
    ]);
    assert.deepEqual(
      loaded.filter((name) => /^(exporter|resource-detector)-/.test(name)),
      [],
    );
    assert.ok(loaded.includes('sdk-node') && loaded.includes('sdk-trace'));
  });

  test('loads another instrumentation if a user enables it', async () => {
    const { created } = await importSdk({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http, dns' });
    assert.deepEqual(shortNames(created).sort(), ['dns', 'http']);
  });

  test('is installed once: the versions in package.json are those that sdk-node pins', async () => {
    const read = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as { dependencies: object };
    const sdkNode = join(import.meta.dirname, '../../../node_modules/@opentelemetry/sdk-node/package.json');
    const pinned: Record<string, string> = { ...(await read(sdkNode)).dependencies };
    const ours = { ...(await read(join(import.meta.dirname, '../package.json'))).dependencies };
    for (const [name, version] of Object.entries(ours)) {
      if (/^@opentelemetry\/(core|resources|sdk-.*)$/.test(name) && name in pinned) {
        assert.equal(version, pinned[name], name);
      }
    }
    assert.ok('@opentelemetry/core' in pinned && '@opentelemetry/sdk-trace' in pinned);
  });
});
