import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkText } from '../check/check.ts';
import { verdictOf } from '../check/finding.ts';
import { explain } from '../command/explain.ts';
import { LESSONS } from '../lessons/all.ts';
import { fileOf, textOf } from '../lessons/edits.ts';
import { checkData, checkReload } from './check-live.ts';
import { readRecording } from './real-stack.ts';
import { type Recording, replaying } from './recording.ts';
import type { Stack } from './stack.ts';

// The layers that ask Alloy and the backends, with answers that real programs gave (live.test.ts, RECORD=1).

const STACK: Stack = {
  ...{
    alloy: 'http://alloy',
    mimir: 'http://mimir',
    loki: 'http://loki',
    tempo: 'http://tempo',
    pyroscope: 'http://pyroscope',
  },
  ...{ otlp: 'http://otlp', lokiPush: 'http://loki-push', profilesPush: 'http://profiles-push', faro: 'http://faro' },
};

const recordings = await Promise.all(
  LESSONS.map(async (lesson) => ({ lesson, recorded: await readRecording<Recording>(lesson.folder) })),
);
const present = recordings.filter(({ recorded }) => recorded !== undefined);

describe('with recorded answers', { concurrency: false }, () => {
  for (const { lesson, recorded } of present) {
    const { versions, marker, exchanges } = recorded!;

    test(`lesson ${lesson.name} passes (${Object.entries(versions).flat().join(' ')})`, async (t) => {
      t.mock.method(globalThis, 'fetch', replaying(STACK, exchanges));
      const { graph } = checkText(lesson, fileOf(lesson, 'solution'), textOf(lesson, 'solution'));
      const reload = await checkReload(lesson, graph!, 'config.alloy', STACK);
      const data = await checkData(lesson, graph!, 'config.alloy', STACK, 1, marker);
      const problems = [...reload, ...data].filter(({ verdict }) => verdict !== 'passed');
      assert.deepEqual(
        problems.map((finding) => `${finding.requirement}: ${explain(finding)}`),
        [],
      );
    });

    test(`lesson ${lesson.name} fails where nothing arrives`, async (t) => {
      const emptied = exchanges.map((exchange) => ({
        ...exchange,
        answers: [emptyAnswer(exchange.question) ?? exchange.answers[0]!],
      }));
      t.mock.method(globalThis, 'fetch', replaying(STACK, emptied));
      const { graph } = checkText(lesson, fileOf(lesson, 'solution'), textOf(lesson, 'solution'));
      assert.equal(verdictOf(await checkData(lesson, graph!, 'config.alloy', STACK, 0.5, marker)), 'failed');
    });
  }
});

/** The answer of a backend that has nothing. */
function emptyAnswer(question: string): { status: number; body: string } | undefined {
  if (/^GET (mimir|loki)\//.test(question)) return { status: 200, body: '{"data":{"result":[]}}' };
  if (question.startsWith('GET tempo/api/v2')) return { status: 404, body: '' };
  if (question.startsWith('GET tempo/')) return { status: 200, body: '{}' };
  if (question.startsWith('POST pyroscope/')) return { status: 200, body: '{}' };
  return undefined;
}
