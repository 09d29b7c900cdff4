import assert from 'node:assert/strict';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { shareServer } from './support/database.ts';
import { globalSetup, globalTeardown } from './support/programs-report.ts';
import { findTestFiles, groupedTestFiles } from './support/together.ts';

// npm test: like `node --test`, except for what shortens it. The longest files come first: they mostly wait, and the short ones
// fill the time. Files that can share a process do so, and all share a Postgres server. With arguments, it runs only the files
// whose path contains one of them, each in its own process: npm test -- lens

const ROOT = path.join(import.meta.dirname, '..');

/** Those that take longest, in this order. */
const LONGEST = [
  'tests/integration/incidents',
  'tests/together/settings',
  'tests/integration/prometheus',
  'tests/together/traffic',
  'tests/integration/otlp-only',
  'tests/together/lens',
  'tests/integration/shutdown',
  'tests/integration/start',
  'tests/together/queue',
  'tests/integration/kubernetes-api',
  'tests/integration/otel-outage',
  'tests/integration/span-profiles',
  'tests/together/browser',
  'tests/integration/remote-write-prometheus',
  'tests/integration/outage',
  'tests/together/http',
  'tests/integration/cloud-answers',
  'workshop/live/collector',
  'workshop/live/result',
  'source/launcher/postgres',
  'tests/integration/remote-write-collector',
  'tests/together/services',
  'tests/integration/scale-nginx',
  'workshop/command/command',
  'tests/integration/otel-rotation',
];

/** They wait most of the time, so more files than cores can run. */
const CONCURRENCY = Math.min(3 * availableParallelism(), 12);

function filesFor(wanted: string[]): string[] {
  if (wanted.length > 0) return findTestFiles().filter((file) => wanted.some((part) => file.includes(part)));
  const files = groupedTestFiles();
  const longest = LONGEST.map(
    (name) =>
      files.find((file) => file.startsWith(`${name}.`)) ?? assert.fail(`there is no ${name}, or it is in a group`),
  );
  return [...new Set([...longest, ...files])];
}

const files = filesFor(process.argv.slice(2));
if (files.length === 0) throw new Error('no test file has one of these in its path');

// Until it is known that all have passed.
process.exitCode = 1;
await globalSetup();
await using _ = await shareServer();
const results = run({ files: files.map((file) => path.join(ROOT, file)), concurrency: CONCURRENCY, timeout: 300_000 });
results.on('test:summary', ({ file, success }) => {
  if (file === undefined && success) process.exitCode = 0;
});
await pipeline(results.compose(spec), process.stdout, { end: false });
globalTeardown();
