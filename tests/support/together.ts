import { globSync } from 'node:fs';
import path from 'node:path';
import { describe } from 'node:test';
import { pathToFileURL } from 'node:url';
import { inProject, root } from './project.ts';

const TEST_FILES = '{source,grafana,tests,tools,workshop}/**/*.test.ts';

const integration = (...names: string[]) => names.map((name) => `tests/integration/${name}`);

/**
 * Test files that npm test runs in one process, one after another, by what their paths start with: a process for each costs
 * more than most of their tests.
 */
const TOGETHER = {
  lens: ['source/lens/'],
  dashboards: ['grafana/', 'source/cloud-check/', 'tests/e2e/dashboards/'],
  services: [
    ...['common/', 'frontend/', 'recorder/', 'requester/', 'server/', 'ui/page/'],
    ...['data-folder', 'log-file', 'screen', 'settings'].map((name) => `launcher/${name}`),
  ].map((name) => `source/${name}`),
  tools: [
    'tools/',
    ...['alloy', 'check', 'exam', 'incidents', 'lessons', 'live/patience', 'live/watch'].map(
      (name) => `workshop/${name}`,
    ),
  ],
  files: integration(
    ...['backend-files', 'cloud-compose', 'compose', 'dockerfile', 'env-example', 'kubernetes.', 'kubernetes-alloy'],
    ...['notifications', 'otel.', 'otel-compose', 'otel-files', 'request-time-buckets', 'rules-', 'runbooks'],
    'scale-compose',
  ),
  browser: integration('frontend-access', 'frontend-page', 'frontend-rum'),
  // First what counts spans; both use the same ones.
  traffic: integration('signals.', 'lens-page'),
  http: integration('http-', 'identity'),
  queue: integration('broker-restart', 'queue-contract'),
  settings: integration('otlp-metrics', 'signals-settings', 'span-profiles-settings'),
};

/** Because they profile their process. */
const ALWAYS_ALONE = ['span-profiles', 'wall-push'].map((name) => `source/common/telemetry/${name}.test.ts`);

export function findTestFiles(): string[] {
  const found = globSync(TEST_FILES, { cwd: root, exclude: ['**/node_modules/**'] });
  return found.map((file) => file.replaceAll(path.sep, '/')).toSorted();
}

const startsWithOneOf = (file: string, starts: string[]) => starts.some((start) => file.startsWith(start));

/** The same with the file of each group instead of its test files. */
export function groupedTestFiles(): string[] {
  const grouped = Object.values(TOGETHER).flat();
  const alone = findTestFiles().filter((file) => ALWAYS_ALONE.includes(file) || !startsWithOneOf(file, grouped));
  return [...Object.keys(TOGETHER).map((name) => `tests/together/${name}.ts`), ...alone];
}

/** Each file becomes a suite, so that its hooks run before and after its own tests. */
export function runTogether(name: keyof typeof TOGETHER): void {
  const all = findTestFiles().filter((file) => !ALWAYS_ALONE.includes(file));
  const files = TOGETHER[name].flatMap((start) => all.filter((file) => file.startsWith(start)));
  for (const file of files) describe(file, async () => void (await import(pathToFileURL(inProject(file)).href)));
}
