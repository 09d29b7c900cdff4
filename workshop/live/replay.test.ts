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

type Answer = Exchange['answers'][number];

/** Each test asks its own hosts, so that all can run at the same time. */
const stackOf = (run: number): Stack => {
  const at = (name: string) => `http://${name}.${run}.test`;
  return {
    ...{ alloy: at('alloy'), mimir: at('mimir'), loki: at('loki'), tempo: at('tempo'), pyroscope: at('pyroscope') },
    ...{ otlp: at('otlp'), lokiPush: at('loki-push'), profilesPush: at('profiles-push'), faro: at('faro') },
  };
};

const replays: ReturnType<typeof replaying>[] = [];
globalThis.fetch = (input, init) => replays[Number(new URL(String(input)).hostname.split('.')[1])]!(input, init);

/** Lessons with recorded responses. The others need an Alloy: run live.test.ts with RECORD=1 where there is one. */
const RECORDED = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '12', 'faro', 'exam'];

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

describe('recorded responses', { concurrency: true }, () => {
  for (const { lesson, checks, versions, marker, exchanges } of recordings) {
    const run = (check: LiveCheck, answers: readonly Exchange[], seconds = 0.5) => {
      const stack = stackOf(replays.length);
      replays.push(replaying(stack, answers));
      return checkResult(check, newContext(stack, seconds, lesson.file ?? 'config.alloy', marker));
    };
    const instead = (change: (question: string) => Answer | undefined) =>
      exchanges.map(({ question, answers }) => ({ question, answers: [change(question) ?? answers[0]!] }));

    const title = `lesson ${lesson.name}, with responses of ${Object.entries(versions).flat().join(' ')}`;
    describe(title, { concurrency: true }, () => {
      for (const check of lesson.live.filter(({ id }) => checks.includes(id))) {
        test(`${check.id} passes`, async () => {
          // Long enough for the second response on a busy machine; most of the recorded first ones have no data yet.
          const finding = await run(check, exchanges, 'atMost' in check ? 0.5 : 20);
          assert.equal(finding.verdict, 'passed', explain(finding));
        });

        if (check.type === 'spans' && check.atMost !== undefined) {
          test(`${check.id} fails if too much arrives`, async () => {
            const traces = Array.from({ length: check.atMost! + 1 }, (_, index) => ({ traceID: `${index}` }));
            const full = (question: string) =>
              question.startsWith('GET tempo/api/search')
                ? { status: 200, body: JSON.stringify({ traces }) }
                : undefined;
            assert.equal((await run(check, instead(full))).code, 'too-many');
          });
        } else {
          test(`${check.id} fails if the backend has no data`, async () => {
            assert.equal((await run(check, instead(emptied))).verdict, 'failed');
          });
        }
      }
    });
  }
});

/** The response of a backend that has no data. */
function emptied(question: string): Answer | undefined {
  if (/^GET (mimir|loki)\//.test(question)) return { status: 200, body: '{"data":{"result":[]}}' };
  if (question.startsWith('GET tempo/api/v2')) return { status: 404, body: '' };
  if (/^(GET tempo|POST pyroscope)\//.test(question)) return { status: 200, body: '{}' };
  return undefined;
}
