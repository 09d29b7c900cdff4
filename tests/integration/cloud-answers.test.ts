import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Endpoints, SECRET_FIELDS, SIGNALS } from '../../source/cloud-check/fields.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { makeCertificates, missingOpenssl } from '../support/certificates.ts';
import { outcomes, startCloudCheck } from '../support/cloud-check.ts';
import { startFakeCloud } from '../support/fake-cloud.ts';
import { serve } from '../support/serve.ts';
import { useStarted } from '../support/use-started.ts';

// The output of `npm run cloud:check` if an endpoint rejects a sample. source/cloud-check/explain.test.ts has all responses.

const skip = await missingOpenssl();

/** As long as a real token. */
const WRONG = `glc_${'wrong'.repeat(8)}`;

const running = useStarted(startCloudCheck, skip);

/** The endpoints of another server on this machine. */
function movedTo(port: number, host = 'localhost'): Endpoints {
  return JSON.parse(
    JSON.stringify(running.cloud.endpoints).replaceAll(`localhost:${running.cloud.ports.http}`, `${host}:${port}`),
  );
}

describe('an endpoint that rejects a sample, or is unavailable', { skip }, () => {
  const answers: [status: number, outcome: string, answered: RegExp][] = [
    [302, 'REFUSED', /^302/],
    [403, 'REFUSED', /^(403|PERMISSION_DENIED): told/],
    [404, 'REFUSED', /^(404|UNIMPLEMENTED): told/],
    [500, 'RETRYABLE', /^500/],
    [503, 'RETRYABLE', /^(503|UNAVAILABLE): told/],
  ];
  for (const [status, outcome, answered] of answers) {
    test(`is ${outcome} with ${status}; a token in the response is hidden`, async () => {
      running.cloud.fail(status);
      const { code, output, of } = await running.check(running.cloud.endpoints);
      running.cloud.fail(undefined);
      assert.equal(code, 1);
      for (const signal of SIGNALS) {
        assert.equal(of[signal].outcome, outcome, output);
        assert.match(of[signal].answered, answered);
        assert.notEqual(of[signal].hint, '');
        if (/told/.test(of[signal].answered)) {
          assert.match(of[signal].answered, /you sent Basic \(hidden\), \d+:\(hidden\)$/);
        }
      }
    });
  }

  test('rejects a token that lacks a scope; the response differs from that for a wrong token', async () => {
    running.cloud.allow(['metrics', 'profiles']);
    const result = await running.check(running.cloud.endpoints);
    running.cloud.allow(SIGNALS);
    assert.deepEqual(outcomes(result), ['OK', 'REFUSED', 'REFUSED', 'OK']);
    for (const signal of ['logs', 'traces'] as const) {
      assert.match(result.of[signal].answered, /^(401|UNAUTHENTICATED): .*invalid scope requested/);
      assert.match(result.of[signal].hint, new RegExp(`^the token may not write ${signal}: .*${signal}:write`));
    }
  });

  for (const { name, signal, kind } of SECRET_FIELDS) {
    test(`rejects a wrong token for ${signal} alone`, async () => {
      const value = kind === 'base64' ? Buffer.from(`1003:${WRONG}`).toString('base64') : WRONG;
      const result = await running.check({ ...running.cloud.endpoints, [name]: value });
      assert.equal(result.code, 1);
      assert.deepEqual(
        outcomes(result),
        SIGNALS.map((one) => (one === signal ? 'REFUSED' : 'OK')),
      );
      assert.match(result.of[signal].answered, /^(401|UNAUTHENTICATED): .*invalid token/);
    });
  }
});

describe('no answer', { skip }, () => {
  test('because the certificate is not trusted, or belongs to another host', async () => {
    const { of } = await running.check(running.cloud.endpoints, [], { NODE_EXTRA_CA_CERTS: '' });
    for (const signal of SIGNALS) {
      assert.equal(of[signal].outcome, 'REFUSED');
      assert.match(of[signal].answered, /the certificate is not trusted/);
      assert.match(of[signal].hint, /CLOUD_CA_FILE in \.env.*NODE_EXTRA_CA_CERTS/);
    }
    await using strange = await makeCertificates('DNS:example.org');
    await using other = await startFakeCloud(strange);
    const said = await running.check(other.endpoints, [], { NODE_EXTRA_CA_CERTS: strange.authority });
    for (const signal of SIGNALS) assert.match(said.of[signal].answered, /certificate is for another host/);
    assert.deepEqual(other.requests.metrics, { accepted: 0, refused: 0 });
  });

  test('because nothing listens, the host does not exist, or there is no TLS', async () => {
    const refused = await running.check(movedTo(await freePort()));
    for (const signal of SIGNALS) assert.match(refused.of[signal].answered, /the connection is refused/);
    const unknown = await running.check(movedTo(443, 'nothing.invalid'));
    for (const signal of SIGNALS)
      assert.match(unknown.of[signal].answered, /does not exist|the DNS server does not respond/);
    await using plain = await serve((_, response) => response.end('hello'));
    const clear = await running.check(movedTo(plain.port));
    for (const signal of SIGNALS) assert.match(clear.of[signal].answered, /does not speak TLS/);
  });

  const silences: [how: string, answered: RegExp, onStream: (stream: http2.ServerHttp2Stream) => void][] = [
    ['within 10 s', /no response within 10 s/, () => {}],
    ['before the connection closes', /connection was closed/, ({ session }) => session!.destroy()],
  ];
  for (const [how, answered, onStream] of silences) {
    test(`${how} is RETRYABLE, and Alloy may start`, { timeout: 25_000 }, async () => {
      const { key, certificate } = running.certificates;
      const server = http2.createSecureServer({ key, cert: certificate });
      server.on('stream', (stream) => {
        stream.on('error', () => {});
        onStream(stream);
      });
      await once(server.listen(0, '127.0.0.1'), 'listening');
      const endpoints = {
        ...running.cloud.endpoints,
        tracesUrl: `https://localhost:${(server.address() as AddressInfo).port}`,
      };
      const result = await running.check(endpoints, ['--write', path.join(running.folder, 'silent.json')]);
      server.close();
      assert.deepEqual(outcomes(result), ['OK', 'OK', 'RETRYABLE', 'OK']);
      assert.match(result.of.traces.answered, answered);
      assert.equal(result.code, 0);
    });
  }
});
