import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SERVICES, type ServiceKey } from '@mythical/common/services';
import type { Verdict } from '../check/finding.ts';
import { NoAnswer } from '../live/ask.ts';
import { CATALOGUE } from './catalogue.ts';
import { type Answer, grade, PARTS, type Part, parseStart } from './grade.ts';
import type { Fault } from './record.ts';
import type { Backend, Found } from './trace.ts';

// Right and wrong answers, graded with traces of the real services, which tests/integration/incidents.test.ts recorded.

type Recordings = {
  usual: Record<ServiceKey, Found>;
  faults: { fault: Fault; trace: string; found: Found }[];
};
const { usual, faults } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'recordings.json'), 'utf8'),
) as Recordings;

const ID = 'a'.repeat(32);
const HOUR_MS = 3_600_000;
const nothing: Found = { spans: [], lines: 0 };

const backendWith = (found: Found | Error): Backend => ({
  ...{ name: 'lens', page: '' },
  find: async () => {
    if (found instanceof Error) throw found;
    return found;
  },
});

const moved = ({ spans, lines }: Found, by: number): Found => ({
  spans: spans.map((span) => ({ ...span, start: span.start + by })),
  lines,
});

/** A normal trace, moved to the time of the fault. */
const usualDuring = ({ service, from }: Fault): Found => {
  const found = usual[service];
  return moved(found, from + 5_000 - Math.min(...found.spans.map(({ start }) => start)));
};

type Script = { what: string; answer: Answer; found: Found | Error; wanted: Record<Part, Verdict>; now?: number };

function scriptsOf({ fault, found }: Recordings['faults'][number]): Script[] {
  const at = (offset: number) => ({ from: fault.from + offset, to: fault.from + offset });
  const right: Answer = { service: SERVICES[fault.service].name, cause: fault.cause, start: at(0), trace: ID };
  const passed: Record<Part, Verdict> = { service: 'passed', cause: 'passed', start: 'passed', trace: 'passed' };
  const script = (
    what: string,
    changes: Partial<Answer>,
    wanted: Partial<Script['wanted']>,
    of: Script['found'] = found,
  ) => ({
    ...{ what, answer: { ...right, ...changes }, found: of, wanted: { ...passed, ...wanted } },
  });
  const otherService = Object.values(SERVICES).find(({ name }) => name !== right.service)!.name;
  const otherCause = Object.keys(CATALOGUE).find((cause) => cause !== fault.cause)!;
  return [
    script('a right answer', {}, {}),
    script('another service', { service: otherService }, { service: 'failed' }),
    script('another cause', { cause: otherCause }, { cause: 'failed' }),
    script('59 s before', { start: at(-59_000) }, {}),
    script('59 s after', { start: at(59_000) }, {}),
    script('61 s before', { start: at(-61_000) }, { start: 'failed' }),
    script('61 s after', { start: at(61_000) }, { start: 'failed' }),
    script('an invalid time', { start: undefined }, { start: 'failed' }),
    script('an invalid ID', { trace: 'abc' }, { trace: 'failed' }),
    script('a trace of an hour earlier', {}, { trace: 'failed' }, moved(found, -HOUR_MS)),
    script('a trace that the backend does not have', {}, { trace: 'unknown' }, nothing),
    script('no backend', {}, { trace: 'unknown' }, new NoAnswer('http://localhost:1', 'ECONNREFUSED')),
    // Every request leaks, so normal traces count as well.
    script('a normal trace', {}, { trace: fault.cause === 'memory-leak' ? 'passed' : 'failed' }, usualDuring(fault)),
    script(
      'a wrong answer',
      { service: otherService, cause: otherCause, start: at(HOUR_MS), trace: 'x' },
      { service: 'failed', cause: 'failed', start: 'failed', trace: 'failed' },
    ),
  ];
}

describe('scripted answers', () => {
  let answers = 0;
  for (const recording of faults) {
    const { fault } = recording;
    test(`${fault.cause} in ${fault.service}`, async () => {
      for (const { what, answer, found, wanted } of scriptsOf(recording)) {
        answers++;
        const graded = await grade(fault, answer, backendWith(found), fault.until + HOUR_MS);
        const verdicts = Object.fromEntries(PARTS.map((part) => [part, graded[part].verdict]));
        assert.deepEqual(verdicts, wanted, what);
      }
    });
  }

  test('an incomplete trace neither proves that something is missing nor counts as wrong', async () => {
    for (const { fault, found } of faults) {
      const end = (of: Found) => Math.max(...of.spans.map(({ start, duration }) => start + duration));
      const answer: Answer = { service: '', cause: '', start: undefined, trace: ID };
      const verdictOf = async (of: Found) =>
        (await grade(fault, answer, backendWith(of), end(of) + 5_000)).trace.verdict;
      const { byAbsence } = CATALOGUE[fault.cause];
      answers += 2;
      assert.equal(await verdictOf(found), byAbsence ? 'unknown' : 'passed', fault.cause);
      const wanted = fault.cause === 'memory-leak' ? 'passed' : byAbsence ? 'failed' : 'unknown';
      assert.equal(await verdictOf(usualDuring(fault)), wanted, fault.cause);
    }
  });

  test('a trace of one fault is no evidence of another, except bad-release for error-burst', async () => {
    const pairs = faults.flatMap((one) => faults.map((other) => ({ one, other })));
    const taken: string[] = [];
    for (const { one, other } of pairs) {
      if (one === other || one.fault.service !== other.fault.service || one.fault.cause === 'memory-leak') continue;
      const found = moved(other.found, one.fault.from - other.fault.from);
      const answer: Answer = { service: '', cause: '', start: undefined, trace: ID };
      answers++;
      const { trace } = await grade(one.fault, answer, backendWith(found), one.fault.until + HOUR_MS);
      if (trace.verdict !== 'failed') taken.push(`${other.fault.cause} as ${one.fault.cause}`);
    }
    assert.deepEqual(taken, ['bad-release as error-burst']);
  });

  test('there were at least 200 answers', (t) => {
    t.diagnostic(`${answers} answers`);
    assert.ok(answers >= 200);
  });
});

test('start times are parsed in all usual formats', () => {
  const now = new Date(2026, 10, 21, 14, 30);
  const at = (...time: [number, number, number?]) => new Date(2026, 10, 21, ...time).getTime();
  assert.deepEqual(parseStart('14:03', now), { from: at(14, 3), to: at(14, 3) + 59_999 });
  assert.deepEqual(parseStart(' 9:03:20 ', now), { from: at(9, 3, 20), to: at(9, 3, 20) + 999 });
  assert.equal(parseStart('23:59', now)?.from, new Date(2026, 10, 20, 23, 59).getTime(), 'yesterday');
  assert.deepEqual(parseStart('2026-11-21T14:03:20Z', now), {
    from: Date.UTC(2026, 10, 21, 14, 3, 20),
    to: Date.UTC(2026, 10, 21, 14, 3, 20) + 999,
  });
  for (const text of ['', 'soon', '25:00', '14:60', '14', '1403', '14:03 pm', '2026-11-21'])
    assert.equal(parseStart(text, now), undefined, text);
});
