import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import type { LiveCheck } from './live-check.ts';
import { readRecording } from './real-stack.ts';
import { type Exchange, type Recording, replaying } from './recording.ts';
import { checkResult, newContext } from './result.ts';
import type { Stack } from './stack.ts';

// The layer that queries the backends, with recorded responses of real programs (recorded by live.test.ts and
// collector.test.ts with RECORD=1).

const STACK: Stack = {
  ...{ alloy: 'http://alloy', mimir: 'http://mimir', loki: 'http://loki', tempo: 'http://tempo' },
  ...{ pyroscope: 'http://pyroscope', otlp: 'http://otlp', lokiPush: 'http://loki-push' },
  ...{ profilesPush: 'http://profiles-push', faro: 'http://faro' },
};

/** Lessons with recorded responses. The others need an Alloy: run live.test.ts with RECORD=1 where there is one. */
const RECORDED = ['12'];

const recordings = (
  await Promise.all(
    LESSONS.map(async (lesson) => ({ lesson, recorded: await readRecording<Recording>(lesson.folder) })),
  )
).flatMap(({ lesson, recorded }) => (recorded ? [{ ...recorded, lesson }] : []));

test('the expected recordings exist', () => {
  assert.deepEqual(
    recordings.map(({ lesson }) => lesson.name),
    RECORDED,
  );
});

for (const { lesson, checks, versions, marker, exchanges } of recordings) {
  const run = (
    t: { mock: { method: typeof import('node:test').mock.method } },
    check: LiveCheck,
    answers: readonly Exchange[],
  ) => {
    t.mock.method(globalThis, 'fetch', replaying(STACK, answers));
    return checkResult(check, newContext(STACK, 0.5, 'otel.yml', marker));
  };

  describe(`lesson ${lesson.name}, with responses of ${Object.entries(versions).flat().join(' ')}`, () => {
    for (const check of lesson.live.filter(({ id }) => checks.includes(id))) {
      test(`${check.id} passes`, async (t) => {
        const finding = await run(t, check, exchanges);
        assert.equal(finding.verdict, 'passed', explain(finding));
      });

      test(`${check.id} fails if the backend has no data`, async (t) => {
        const empty = exchanges.map(({ question, answers }) => ({
          question,
          answers: [emptied(question) ?? answers[0]!],
        }));
        assert.equal((await run(t, check, empty)).verdict, 'failed');
      });
    }
  });
}

/** The response of a backend that has no data. */
function emptied(question: string): Exchange['answers'][number] | undefined {
  if (/^GET (mimir|loki)\//.test(question)) return { status: 200, body: '{"data":{"result":[]}}' };
  if (question.startsWith('GET tempo/api/v2')) return { status: 404, body: '' };
  if (/^(GET tempo|POST pyroscope)\//.test(question)) return { status: 200, body: '{}' };
  return undefined;
}
