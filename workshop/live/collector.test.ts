import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from '../../tests/support/child-program.ts';
import { realProgram } from '../../tests/support/real-program.ts';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import type { Finding } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import { fileOf, textOf } from '../lessons/files.ts';
import { freshSeries } from './backends.ts';
import { checkData } from './check-live.ts';
import type { LiveCheck } from './live-check.ts';
import { newMarker } from './markers.ts';
import { saveRecording, versionOf } from './real-stack.ts';
import { type Exchange, type Recording, recording } from './recording.ts';
import { checkResult, newContext } from './result.ts';
import { type Stack, stackOf } from './stack.ts';

// Lesson 12 on the real Collector, with the real Prometheus instead of Mimir: it receives remote write, and answers PromQL.
// Loki and Tempo are missing, and the checker must report that rather than "failed".

const lesson = LESSONS.find(({ name }) => name === '12')!;
const collector = await realProgram('collector');
const prometheus = await realProgram('prometheus');
const skip = collector.skip || prometheus.skip;

const HEALTH = path.join(import.meta.dirname, '../collector/health.yml');

test('the Collector accepts starter and solution', { skip: collector.skip }, async () => {
  for (const what of ['starter', 'solution'] as const) {
    const configs = [fileOf(lesson, what), HEALTH].map((file) => `--config=${file}`);
    await promisify(execFile)(collector.path!, ['validate', ...configs]);
  }
});

describe('lesson 12 on the Collector and Prometheus', { skip }, () => {
  const resources = new AsyncDisposableStack();
  let stack: Stack;
  let folder: string;
  before(async () => {
    folder = await temporaryFolder(resources, 'collector');
    const [web, grpc, http, nothing] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    await writeFile(path.join(folder, 'prometheus.yml'), '');
    const args = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`];
    const address = [`--web.listen-address=127.0.0.1:${web}`, '--web.route-prefix=/prometheus'];
    resources.use(
      await startChildProgram(prometheus.path!, [...args, ...address, '--web.enable-remote-write-receiver'], {
        ready: `http://127.0.0.1:${web}/prometheus/-/ready`,
      }),
    );
    const config = textOf(lesson, 'solution')
      .replace('mimir:9009/api/v1/push', `127.0.0.1:${web}/prometheus/api/v1/write`)
      .replace('0.0.0.0:4317', `127.0.0.1:${grpc}`)
      .replace('0.0.0.0:4318', `127.0.0.1:${http}`)
      .replace('tempo:4317', `127.0.0.1:${nothing}`)
      .replace('loki:3100', `127.0.0.1:${nothing}`);
    // The port for its metrics may be used by another collector.
    const own = '\n  telemetry: { metrics: { level: none } }\n';
    await writeFile(path.join(folder, 'otel.yml'), config.replace('\n  pipelines:', `${own}  pipelines:`));
    resources.use(
      await startChildProgram(collector.path!, [`--config=${folder}/otel.yml`], {
        ready: (line) => line.includes('Everything is ready'),
      }),
    );
    const at = (port: number) => `http://127.0.0.1:${port}`;
    stack = {
      ...stackOf({}),
      mimir: at(web),
      otlp: at(http),
      loki: at(nothing),
      tempo: at(nothing),
      alloy: at(nothing),
    };
  });
  after(() => resources.disposeAsync());

  test('what the checker sends arrives; what it can’t query, it can’t tell', { timeout: 60_000 }, async (t) => {
    const exchanges: Exchange[] = [];
    const { fetch } = globalThis;
    if (process.env.RECORD) globalThis.fetch = recording(fetch, stack, exchanges);
    t.after(() => {
      globalThis.fetch = fetch;
    });
    const marker = newMarker();
    const began = performance.now();
    const findings = await checkData(lesson, { nodes: new Map(), edges: [], opaque: [] }, 'otel.yml', stack, {
      seconds: 25,
      marker,
    });
    t.diagnostic(`${((performance.now() - began) / 1000).toFixed(1)} s`);
    const verdicts = Object.fromEntries(
      findings.map(({ requirement, verdict, code }) => [requirement, [verdict, code]]),
    );
    assert.deepEqual(
      verdicts,
      {
        'span-arrives': ['unknown', 'no-backend'],
        'line-arrives': ['unknown', 'no-backend'],
        'metric-arrives': ['passed', 'arrived'],
        'span-metrics-arrive': ['passed', 'arrived'],
      },
      findings.map(explain).join('\n'),
    );
    if (!process.env.RECORD) return;
    const checks = findings.flatMap(({ verdict, requirement }) => (verdict === 'passed' ? [requirement!] : []));
    const asked = exchanges.filter(
      ({ question }) => !question.includes(' logs') && !/ otlp\/v1\/(logs|traces)$/.test(question),
    );
    const versions = { collector: await versionOf(collector.path!), prometheus: await versionOf(prometheus.path!) };
    await saveRecording(lesson.folder, {
      lesson: '12',
      checks,
      versions,
      marker,
      exchanges: asked,
    } satisfies Recording);
  });

  const series = (
    check: Omit<Extract<LiveCheck, { type: 'series' }>, 'type' | 'id'>,
    marker = newMarker(),
  ): Promise<Finding> => checkResult({ id: 'it', type: 'series', ...check }, newContext(stack, 2, 'otel.yml', marker));

  test('old data don’t pass', { timeout: 30_000 }, async () => {
    const selector = '{__name__="workshop_marker"}';
    assert.ok((await freshSeries(stack, selector, 0)).length > 0, 'there are series');
    const later = { ...newMarker(), since: Date.now() + 1_000 };
    assert.equal((await series({ query: selector }, later)).code, 'not-arrived');
  });

  test('an extra series or a wrong value fails', { timeout: 30_000 }, async () => {
    const before = { ...newMarker(), since: 0 };
    const all = 'traces_spanmetrics_duration_seconds_bucket';
    const count = await series({ query: all, count: 1 }, before);
    assert.deepEqual([count.verdict, count.code], ['failed', 'wrong-count']);
    assert.equal((await series({ query: 'workshop_marker', value: 1 }, before)).code, 'arrived');
    assert.equal((await series({ query: 'workshop_marker', value: 2 }, before)).code, 'not-arrived');
  });

  test('a port that Alloy’s configuration doesn’t open is a failure; the Collector’s is open unless it has stopped', {
    timeout: 30_000,
  }, async () => {
    const closed = { ...stack, otlp: stack.tempo };
    const check = { id: 'it', type: 'otlp-metric' } as const;
    const finding = await checkResult(check, newContext({ ...closed, tempo: 'http://tempo' }, 2, 'config.alloy'));
    assert.deepEqual([finding.verdict, finding.code, finding.args.reason], ['failed', 'not-sent', 'ECONNREFUSED']);
    const collector = await checkResult(check, newContext({ ...closed, tempo: 'http://tempo' }, 2, 'otel.yml'));
    assert.match(explain(collector), /^The Collector does not respond at .*workshop-otel.yml up -d/);
    assert.equal(collector.verdict, 'unknown');
  });
});
