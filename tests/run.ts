import { globSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { shareServer } from './support/database.ts';
import { globalSetup, globalTeardown } from './support/programs-report.ts';
import { TOGETHER } from './support/together.ts';

// npm test: like `node --test`, except for what shortens it. The longest files come first: they mostly wait, and the short ones
// fill the time. Unit tests of a folder share a process, and all tests a Postgres server. With arguments, it runs only the files whose path contains
// one of them, each in its own process: npm test -- lens

const ROOT = path.join(import.meta.dirname, '..');
const FILES = '{source,grafana,tests,tools,workshop}/**/*.test.ts';

/** Those that take more than ten seconds alone, longest first. */
const LONGEST = [
  'incidents',
  'shutdown',
  'remote-write-prometheus',
  'lens-page',
  'prometheus',
  'otlp-only',
  'queue-contract',
  'otel-outage',
  'start',
  'frontend-page',
  'signals-settings',
  'frontend-rum',
  'span-profiles',
  'signals',
  'broker-restart',
  'outage',
  'span-profiles-settings',
  'frontend-access',
  'kubernetes-api',
].map((name) => `tests/integration/${name}.test.ts`);

function filesFor(wanted: string[]): string[] {
  const found = globSync(FILES, { cwd: ROOT, exclude: ['**/node_modules/**'] })
    .map((file) => file.replaceAll(path.sep, '/'))
    .toSorted();
  if (wanted.length > 0) return found.filter((file) => wanted.some((part) => file.includes(part)));
  for (const file of LONGEST) if (!found.includes(file)) throw new Error(`${file} does not exist`);
  const alone = found.filter(
    (file) => !Object.values(TOGETHER).some((under) => under.some((it) => file.startsWith(it))),
  );
  const together = Object.keys(TOGETHER).map((name) => `tests/together/${name}.ts`);
  return [...new Set([...LONGEST, ...together, ...alone.filter((file) => file.startsWith('tests/')), ...alone])];
}

const files = filesFor(process.argv.slice(2));
if (files.length === 0) throw new Error('no test file has one of these in its path');

// Until it is known that all have passed.
process.exitCode = 1;
await globalSetup();
await using _ = await shareServer();
const results = run({ files: files.map((file) => path.join(ROOT, file)), concurrency: 4, timeout: 300_000 });
results.on('test:summary', ({ file, success }) => {
  if (file === undefined && success) process.exitCode = 0;
});
await pipeline(results.compose(spec), process.stdout, { end: false });
globalTeardown();
