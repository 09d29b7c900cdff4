import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReleases, failsInErrorBurst } from './releases.ts';

/** A repeatable sequence of numbers in [0, 1), https://en.wikipedia.org/wiki/Linear_congruential_generator */
function createRandom(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

test('about 10 % of POSTs fail, 90 % of those in the new release', () => {
  const releases = createReleases(false, createRandom());
  const failures = { '1.9.2': 0, '2.0.0': 0 };
  for (let index = 0; index < 20_000; index++) {
    const release = releases.pick();
    if (releases.fails(release)) failures[release.version]++;
  }
  const total = failures['1.9.2'] + failures['2.0.0'];
  assert.ok(total > 1_800 && total < 2_200, `${total} of 20000`);
  assert.ok(failures['2.0.0'] / total > 0.85);
});

test('with alwaysSucceed, no POST fails', () => {
  const releases = createReleases(true);
  for (let index = 0; index < 1_000; index++) assert.equal(releases.fails(releases.pick()), false);
});

test('an error burst fails half of the requests, most of them in the new release', () => {
  const random = createRandom();
  const releases = createReleases(true, random);
  let failed = 0;
  for (let index = 0; index < 10_000; index++) if (failsInErrorBurst(releases.pick(), random)) failed++;
  assert.ok(failed > 4_500 && failed < 5_500, `${failed} of 10000`);
});
