import assert from 'node:assert/strict';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { SIGNALS } from '../../source/cloud-check/fields.ts';
import { missingOpenssl } from '../support/certificates.ts';
import { outcomes, startCloudCheck } from '../support/cloud-check.ts';
import { TOKEN } from '../support/fake-cloud.ts';
import { read } from '../support/project.ts';
import { useStarted } from '../support/use-started.ts';

// `npm run cloud:check`, as a process, against a server that behaves like Grafana Cloud's endpoints.

const skip = await missingOpenssl();

/** As long as a real token. */
const WRONG = `glc_${'wrong'.repeat(8)}`;

const running = useStarted(startCloudCheck, skip);

describe('npm run cloud:check', { skip }, () => {
  test('reports that all four signals arrive, and they do', async () => {
    const before = structuredClone(running.cloud.requests);
    const result = await running.check(running.cloud.endpoints);
    assert.equal(result.code, 0, result.output);
    assert.match(result.output, /\n\nThe endpoints accept all four signals\.\n$/);
    assert.deepEqual(outcomes(result), ['OK', 'OK', 'OK', 'OK']);
    for (const signal of SIGNALS) {
      const { accepted, refused } = before[signal];
      assert.deepEqual(running.cloud.requests[signal], { accepted: accepted + 1, refused });
    }
    assert.equal(running.cloud.spanIds.length, 1);
    assert.equal(running.cloud.profiles[0]?.get('name'), 'process_cpu{service_name=cloud-check}');
  });

  test('sends nothing if a placeholder is left, and names the field, the file and the page of the portal', async () => {
    const before = structuredClone(running.cloud.requests);
    const { code, output } = await running.check({ ...running.cloud.endpoints, logsUsername: '<logsUsername>' });
    assert.equal(code, 1);
    assert.match(
      output,
      /^ {2}logs\.basicAuth\.username in alloy\/endpoints-cloud\.local\.json is still a placeholder, <logsUsername>\n {6}grafana\.com → My Account → your stack → Loki → Details/m,
    );
    assert.match(output, /Then run: npm run cloud:check\n$/);
    assert.deepEqual(running.cloud.requests, before);
  });

  test('also reads variables from .env', async () => {
    const file = path.join(running.folder, '.env');
    await writeFile(file, 'GRAFANA_CLOUD_LOGS_URL=http://localhost\n');
    const { output } = await running.check(running.cloud.endpoints);
    await rm(file);
    assert.match(output, /^ {2}the variable GRAFANA_CLOUD_LOGS_URL is an http URL/m);
  });

  test('with --quiet prints only failures', async () => {
    assert.deepEqual((await running.check(running.cloud.endpoints, ['--quiet'])).output, '');
    const { code, output } = await running.check({ ...running.cloud.endpoints, logsPassword: WRONG }, ['--quiet']);
    assert.equal(code, 1);
    assert.match(output, /^ {2}logs +REFUSED +401: .*\n {6}the token is wrong.*\n$/);
  });

  test('prints its options, and rejects others', async () => {
    const { code, output } = await running.check(running.cloud.endpoints, ['--help']);
    assert.equal(code, 0);
    assert.match(output, /^Usage: npm run cloud:check/);
    const wrong = await running.check(running.cloud.endpoints, ['--quite']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.output, /^Unknown option '--quite'.*\n\nUsage: /);
  });
});

describe('with --write, before Alloy starts', { skip }, () => {
  test('writes the configuration for Alloy, readable only by its owner', async () => {
    const file = path.join(running.folder, 'written.json');
    await writeFile(file, 'of an earlier start');
    await chmod(file, 0o644);
    assert.equal((await running.check(running.cloud.endpoints, ['--write', file])).code, 0);
    const written = JSON.parse(await readFile(file, 'utf8'));
    const local = JSON.parse(read('alloy/endpoints.json'));
    assert.deepEqual(Object.keys(written), Object.keys(local));
    assert.deepEqual(written.metrics.basicAuth, { username: '1001', password: TOKEN });
    assert.equal(written.traces.url, `https://localhost:${running.cloud.ports.http}`, 'with TLS');
    const authorization = path.join(running.folder, 'traces-authorization');
    assert.equal(await readFile(authorization, 'utf8'), `Basic ${running.cloud.endpoints.tracesBase64AuthToken}`);
    for (const one of [file, authorization]) assert.equal((await stat(one)).mode & 0o777, 0o600);
  });

  test('does not write if an endpoint rejects a sample, and tells what to do', async () => {
    const file = path.join(running.folder, 'refused.json');
    const { code, output } = await running.check({ ...running.cloud.endpoints, logsPassword: WRONG }, [
      '--write',
      file,
    ]);
    assert.equal(code, 1);
    assert.match(output, /Then run: docker compose -f docker-compose-cloud\.yml up -d\n$/);
    await assert.rejects(stat(file), /ENOENT/);
  });

  test('writes if an endpoint is unavailable, because Alloy retries', async () => {
    running.cloud.fail(503, 'logs');
    const file = path.join(running.folder, 'away.json');
    const { code, output } = await running.check(running.cloud.endpoints, ['--write', file]);
    running.cloud.fail(undefined);
    assert.equal(code, 0, output);
    assert.match(output, /Alloy starts: it keeps what it can’t send/);
    await stat(file);
  });

  test('names a file that cannot be written', async () => {
    const { code, output } = await running.check(running.cloud.endpoints, [
      '--write',
      path.join(running.folder, 'nowhere/a.json'),
    ]);
    assert.equal(code, 1);
    assert.match(output, /nowhere\/a\.json can't be written: ENOENT/);
    assert.doesNotMatch(output, /\n +at /);
  });
});
