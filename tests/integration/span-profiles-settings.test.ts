import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Profile } from 'pprof-format';
import { startSandbox } from '../support/sandbox.ts';
import { burnCpu, makeRequests, skip } from '../support/span-profiles.ts';
import { useStarted } from '../support/use-started.ts';

describe('span profiles with other settings', { skip }, () => {
  const sandbox = useStarted(startSandbox);

  const counts = async () => {
    const [row] = await sandbox.rows<{ marked: number; profiles: number; labelled: number }>(`
      select (select count(*) from spans where attributes->>'pyroscope.profile.id' is not null)::int as marked,
        (select count(*) from profiles where type = 'cpu')::int as profiles,
        (select count(*) from profiles where span_id is not null)::int as labelled`);
    return row!;
  };

  for (const [name, env, profiles] of [
    ['SPAN_PROFILES=false', { SPAN_PROFILES: 'false' }, true],
    ['no traces', { OTEL_TRACES_EXPORTER: 'none' }, true],
    ['no profiles', { PROFILING_MODE: 'off' }, false],
  ] as const) {
    test(`with ${name} there are none; other profiles ${profiles ? 'continue' : 'are off, too'}`, async () => {
      const before = await counts();
      const server = await sandbox.start('server', env);
      await burnCpu(server);
      await makeRequests(server, { seconds: 1, loops: 1 });
      assert.equal((await server.stop()).code, 0);
      const now = await counts();
      assert.equal(now.marked, before.marked);
      assert.equal(now.labelled, before.labelled);
      assert.equal(now.profiles > before.profiles, profiles);
    });
  }

  test('the last ones are sent when the service stops', async () => {
    const before = await counts();
    const server = await sandbox.start('server', { PROFILE_INTERVAL_MS: '60000' });
    await burnCpu(server);
    await makeRequests(server, { seconds: 1, loops: 1 });
    const { code, milliseconds } = await server.stop();
    assert.equal(code, 0);
    assert.ok(milliseconds < 7_000, `${milliseconds} ms`);
    assert.ok((await counts()).labelled > before.labelled);
  });

  test('they are also in a pulled profile', async () => {
    const server = await sandbox.start('server', { PROFILING_MODE: 'pull' });
    await burnCpu(server);
    const [response] = await Promise.all([
      fetch(`${server.url}/debug/pprof/profile?seconds=1`),
      makeRequests(server, { seconds: 1, loops: 1 }),
    ]);
    const profile = Profile.decode(gunzipSync(Buffer.from(await response.arrayBuffer())));
    const string = (index: number | bigint) => profile.stringTable.strings[Number(index)]!;
    const ids = profile.sample.flatMap(({ label }) =>
      label.filter(({ key }) => string(key) === 'profile_id').map(({ str }) => string(str)),
    );
    assert.ok(ids.length > 5, `${ids.length} samples with a label`);
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
    assert.equal((await server.stop()).code, 0);
  });
});
