import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { problemHandler } from '@mythical/common/http/problem';
import express from 'express';
import { apiAt } from '../../tests/support/api.ts';
import { serve } from '../../tests/support/serve.ts';
import { createTestTelemetry } from '../../tests/support/telemetry.ts';
import { useStarted } from '../../tests/support/use-started.ts';
import type { BeastRepository } from './beast-repository.ts';
import { addBeastRoutes, type BeastRoutesOptions } from './beast-routes.ts';
import { createReleases } from './releases.ts';

describe('the database', () => {
  const reached: unknown[] = [];
  const repository = {
    async list(...values: unknown[]) {
      reached.push(values);
      return [];
    },
    add: async (...values: unknown[]) => void reached.push(values),
    remove: async (...values: unknown[]) => void reached.push(values),
  } as unknown as BeastRepository;
  const telemetry = createTestTelemetry();
  const app = express();
  addBeastRoutes(app, {
    repository,
    meetConditions: async () => {},
    releases: createReleases(true),
    teardown: { guard: (_request, _response, next) => next() } as BeastRoutesOptions['teardown'],
    telemetry,
  });
  app.use(problemHandler(telemetry.logger));
  const server = useStarted(() => serve(app));
  const { call } = apiAt(server);
  beforeEach(() => reached.splice(0));

  const unstorable = ['\u0000', 'a\u0000b', 'a\nb', '\u007f', 'x'.repeat(256)];
  for (const text of unstorable) {
    test(`never gets ${JSON.stringify(text.slice(0, 10))} from a query or a body`, async () => {
      const answers = await Promise.all([
        call('GET', `/unicorn?after=${encodeURIComponent(text)}`),
        call('POST', '/unicorn', { name: text === 'a\nb' ? text : `a${text}b` }),
        call('DELETE', '/unicorn', { name: `a${text}b` }),
        call('GET', `/${encodeURIComponent(`unicorn${text}`)}`),
      ]);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [400, 400, 400, 404],
      );
      assert.match(((await answers[0]!.json()) as { detail: string }).detail, /^after: /);
      assert.deepEqual(reached, []);
    });
  }

  test('never gets half of a surrogate pair', async () => {
    assert.equal((await call('POST', '/unicorn', { name: 'cut \ud83d' })).status, 400);
    assert.deepEqual(reached, []);
  });

  test('gets storable text unchanged', async () => {
    const name = "Ünïcørn 🦄 %00 '; --";
    await call('GET', `/unicorn?after=${encodeURIComponent(name)}&limit=7`);
    await call('POST', '/unicorn', { name: ` ${name} ` });
    assert.deepEqual(reached, [
      ['unicorn', { limit: 7, after: name }],
      ['unicorn', name],
    ]);
  });

  for (const limit of ['1e2', '0x10', '%205', '5%20', '+5', '', '0', '1001', '1.0', '5&limit=6']) {
    test(`never gets the invalid limit "${limit}"`, async () => {
      const answer = await call('GET', `/unicorn?limit=${limit}`);
      assert.equal(answer.status, 400);
      assert.match(((await answer.json()) as { detail: string }).detail, /^limit: /);
      assert.deepEqual(reached, []);
    });
  }
});
