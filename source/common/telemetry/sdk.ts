import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/**
 * Imports the SDK and the instrumentations in use. Both packages import everything that they could be configured to use:
 * about 40 instrumentations, 15 resource detectors and exporters of all kinds, which take about 35 MB in each service and
 * most of its start. What we don't use becomes an empty module; upstream could import each on first use.
 */
const USED_INSTRUMENTATIONS = ['http', 'undici', 'pg', 'amqplib'];

/** For auto-instrumentations; a user can enable others. */
process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS ??= USED_INSTRUMENTATIONS.join(',');
const enabled = process.env.OTEL_NODE_ENABLED_INSTRUMENTATIONS.split(',').map((name) => name.trim());

const UNUSED: { importer: string; isUnused: (specifier: string) => boolean }[] = [
  {
    importer: '/@opentelemetry/auto-instrumentations-node/',
    isUnused(specifier) {
      const [, kind, name = ''] = /^@opentelemetry\/(instrumentation|resource-detector)-(.+)$/.exec(specifier) ?? [];
      return kind === 'resource-detector' || (kind === 'instrumentation' && !enabled.includes(name));
    },
  },
  {
    // We pass our own processors, and don't use declarative configuration.
    importer: '/@opentelemetry/sdk-node/',
    isUnused: (specifier) => /^@opentelemetry\/(configuration|exporter-.*)$/.test(specifier),
  },
];

const SCHEME = 'unused:';

const hooks = registerHooks({
  resolve(specifier, context, nextResolve) {
    const { parentURL = '' } = context;
    const unused = UNUSED.some(({ importer, isUnused }) => parentURL.includes(importer) && isUnused(specifier));
    if (!unused) return nextResolve(specifier, context);
    return { url: `${SCHEME}${importedNames(parentURL, specifier)}`, format: 'module', shortCircuit: true };
  },
  load(url, context, nextLoad) {
    if (!url.startsWith(SCHEME)) return nextLoad(url, context);
    const names = url.slice(SCHEME.length).split(',');
    return { format: 'module', source: names.map((name) => `export let ${name};`).join('\n'), shortCircuit: true };
  },
});

/** What a module imports from another. */
function importedNames(importerUrl: string, specifier: string): string {
  const source = readFileSync(fileURLToPath(importerUrl), 'utf8');
  const names = source.split('\n').find((line) => line.startsWith('import {') && line.includes(`from "${specifier}"`));
  const list = names?.slice(names.indexOf('{') + 1, names.indexOf('}')).split(',') ?? [];
  return list.map((name) => name.trim().split(' ')[0]).join(',');
}

export const { NodeSDK } = await import('@opentelemetry/sdk-node');
export const { getNodeAutoInstrumentations } = await import('@opentelemetry/auto-instrumentations-node');
hooks.deregister();
