import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Postgres, startTemporaryPostgres } from '../../source/launcher/postgres.ts';
import { realProgram } from '../../tests/support/real-program.ts';
import { checkText } from '../check/check.ts';
import { type Finding, verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import { textOf } from '../lessons/files.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { checkData, checkReload } from './check-live.ts';
import { newMarker } from './markers.ts';
import { checkOutage } from './outage.ts';
import { patienceOf } from './patience.ts';
import { type RealStack, saveRecording, startRealStack } from './real-stack.ts';
import { type Exchange, type Recording, recording } from './recording.ts';

// Each solution on the real Alloy and the real backends. With RECORD=1, their responses are recorded.

const alloy = await realProgram('alloy');

/** Lessons that can't run here: Beyla needs the kernel; the outage (below) and the Collector have separate tests. */
const ELSEWHERE = ['beyla', '11'];

const OUTAGE_SECONDS = 60;

const lessons = LESSONS.filter(
  ({ name, file, live }) => file === 'config.alloy' && live.length > 0 && !ELSEWHERE.includes(name),
);

const said = (findings: Finding[]) =>
  findings
    .filter(({ verdict }) => verdict !== 'passed')
    .map((finding) => `${finding.verdict}: ${finding.requirement} ${explain(finding)}`);

describe('on the real programs', { skip: alloy.skip }, () => {
  let stack: RealStack;
  let postgres: Postgres;
  before(async () => {
    postgres = await startTemporaryPostgres();
    const [first] = lessons;
    stack = await startRealStack(alloy.path!, textOf(first!, 'solution'), `${postgres.url}?sslmode=disable`);
    console.log(`# versions: ${JSON.stringify(stack.versions)}; not run: ${stack.notRun.join(', ') || 'none'}`);
  });
  after(async () => {
    await stack?.[Symbol.asyncDispose]();
    await postgres?.[Symbol.asyncDispose]();
  });

  for (const lesson of lessons) {
    test(`lesson ${lesson.name}: the solution passes all layers`, { timeout: 90_000 }, async (t) => {
      const missing = new Set(needs(lesson).filter((name) => stack.notRun.includes(name)));
      if (missing.size > 0) return t.skip(`not run: ${[...missing].join(', ')}`);
      const exchanges: Exchange[] = [];
      const { fetch } = globalThis;
      if (process.env.RECORD) globalThis.fetch = recording(fetch, stack.stack, exchanges);
      t.after(() => {
        globalThis.fetch = fetch;
      });
      const text = textOf(lesson, 'solution');
      const { graph } = checkText(lesson, stack.file, text);
      await stack.put(text);
      const began = performance.now();
      const reload = await checkReload(lesson, graph!, stack.file, stack.stack);
      const reloaded = performance.now();
      const marker = newMarker();
      const seconds = Math.max(30, patienceOf(graph!) + 15);
      const data = await checkData(lesson, graph!, stack.file, stack.stack, { seconds, marker });
      t.diagnostic(
        `reload ${(reloaded - began).toFixed(0)} ms, data ${((performance.now() - reloaded) / 1000).toFixed(1)} s`,
      );
      assert.deepEqual(said([...reload, ...data]), []);
      assert.equal(verdictOf(data), 'passed');
      if (!process.env.RECORD) return;
      const checks = lesson.live.map(({ id }) => id);
      const { versions } = stack;
      await saveRecording(lesson.folder, {
        lesson: lesson.name,
        checks,
        versions,
        marker,
        exchanges,
      } satisfies Recording);
    });
  }

  test('lesson 11: nothing is lost while the backends are down', { timeout: 300_000 }, async (t) => {
    const missing = ['mimir', 'loki', 'tempo'].filter((name) => stack.notRun.includes(name));
    if (missing.length > 0) return t.skip(`not run: ${missing.join(', ')}`);
    const lesson = LESSONS.find(({ name }) => name === '11')!;
    const text = textOf(lesson, 'solution');
    await stack.put(text);
    assert.deepEqual(
      said(await checkReload(lesson, checkText(lesson, stack.file, text).graph!, stack.file, stack.stack)),
      [],
    );
    const findings = await checkOutage(stack.stack, stack.outage, OUTAGE_SECONDS);
    t.diagnostic(findings.map(({ args }) => `${args.name}: ${args.given} of ${args.wanted}`).join(', '));
    assert.deepEqual(said(findings), []);
  });

  test('what Alloy rejects is reported with its line', { timeout: 30_000 }, async () => {
    const [lesson] = lessons;
    const text = textOf(lesson!, 'solution').replace('scrape_interval', 'scrape_intervall');
    const { graph, findings } = checkText(lesson!, stack.file, text);
    assert.equal(verdictOf(findings), 'passed', 'the file alone shows no problem');
    await stack.put(text);
    const [finding] = await checkReload(lesson!, graph!, stack.file, stack.stack);
    assert.equal(finding?.code, 'refused');
    assert.match(String(finding?.args.message), /scrape_intervall/);
    assert.equal(finding?.at?.line, text.split('\n').findIndex((line) => line.includes('scrape_intervall')) + 1);
  });
});

/** The backends that a lesson queries. */
function needs(lesson: Lesson): string[] {
  const backends = {
    series: 'mimir',
    'otlp-metric': 'mimir',
    line: 'loki',
    lines: 'loki',
    'otlp-line': 'loki',
    spans: 'tempo',
  };
  return lesson.live.map(
    ({ type }) => backends[type as keyof typeof backends] ?? (type === 'profiles' ? 'pyroscope' : 'loki'),
  );
}
