import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { explain } from '../source/cloud/explain.ts';
import { type Endpoints, FIELDS, SIGNALS, type Signal } from '../source/cloud/fields.ts';
import { forAlloy } from '../source/cloud/for-alloy.ts';
import { readEndpoints } from '../source/cloud/read-endpoints.ts';
import type { Answer } from '../source/cloud/send.ts';
import { watch } from '../source/cloud/watch.ts';
import { freePort } from '../source/embedded/ports.ts';
import { type Certificates, makeCertificates, missingOpenssl } from './helpers/certificates.ts';
import { type CloudServer, startCloudServer, TOKEN } from './helpers/cloud-server.ts';
import { realProgram } from './helpers/real-program.ts';
import { until } from './helpers/until.ts';

// `npm run cloud:check`, as a process of its own, against a server that behaves like Grafana Cloud's endpoints; and
// docker-compose-cloud.yml, against docker-compose.yml.

const run = promisify(execFile);
const root = path.join(import.meta.dirname, '..');
const read = (file: string) => readFile(path.join(root, file), 'utf8');

/** As long as one is. */
const WRONG = `glc_${'wrong'.repeat(8)}`;

type Run = { code: number; output: string };

describe('npm run cloud:check', { skip: await missingOpenssl() }, () => {
  let certificates: Certificates;
  let server: CloudServer;
  let folder: string;
  before(async () => {
    certificates = await makeCertificates();
    server = await startCloudServer(certificates);
    folder = await mkdtemp(path.join(tmpdir(), 'mythical-cloud-'));
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await certificates?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs it on a file with these endpoints. */
  async function check(
    endpoints: Endpoints | string | Buffer,
    {
      args = [],
      env = {},
      file = 'endpoints-cloud.local.json',
    }: { args?: string[]; env?: Record<string, string>; file?: string } = {},
  ): Promise<Run> {
    const from = await mkdtemp(path.join(folder, 'alloy-'));
    const isText = typeof endpoints === 'string' || Buffer.isBuffer(endpoints);
    const content = isText ? endpoints : JSON.stringify(forAlloy(endpoints), null, 2);
    await writeFile(path.join(from, file), content);
    const main = path.join(root, 'source/cloud/main.ts');
    const options = {
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: certificates.authority, ...env },
      timeout: 30_000,
    };
    const [code, output] = await run(process.execPath, [main, '--from', from, ...args], options).then(
      ({ stdout, stderr }) => [0, stdout + stderr] as const,
      (error) => [Number(error.code), String(error.stdout) + error.stderr] as const,
    );
    assert.ok(!output.includes(TOKEN) && !output.includes(server.endpoints.tracesBase64AuthToken), output);
    return { code, output };
  }

  const verdictOf = (signal: Signal, output: string) =>
    new RegExp(`^ {2}${signal} +(\\w+) +(.*)\\n? *(.*)`, 'm').exec(output) ?? [];

  test('says that all four signals arrive, and they do', async () => {
    const { code, output } = await check(server.endpoints);
    assert.equal(code, 0, output);
    assert.match(output, /All four signals arrive\./);
    for (const signal of SIGNALS) {
      assert.equal(verdictOf(signal, output)[1], 'ok');
      assert.deepEqual(server.requests[signal], { accepted: 1, refused: 0 });
    }
    assert.equal(server.spanIds.length, 1);
    assert.equal(server.profiles[0]?.get('name'), 'process_cpu{service_name=cloud-check}');
  });

  const answers: [status: number, outcome: string, said: RegExp, hint: RegExp][] = [
    [
      401,
      'REFUSED',
      /^(401|UNAUTHENTICATED): told/,
      /token is wrong.*or the username is that of another signal or stack/,
    ],
    [403, 'REFUSED', /^(403|PERMISSION_DENIED): told/, /needs the scope \w+:write/],
    [404, 'REFUSED', /^(404|UNIMPLEMENTED): told/, /nothing takes \w+ at this URL/],
    [302, 'REFUSED', /^302/, /sends us elsewhere/],
    [400, 'REFUSED', /^400/, /does not take it/],
    [429, 'AWAY', /^(429|RESOURCE_EXHAUSTED): told/, /limit/],
    [500, 'AWAY', /^500/, /status\.grafana\.com/],
    [503, 'AWAY', /^(503|UNAVAILABLE): told/, /status\.grafana\.com/],
  ];
  for (const [status, outcome, said, hint] of answers) {
    test(`says what an endpoint answers with ${status}, and what to do`, async () => {
      server.fail(status);
      const { code, output } = await check(server.endpoints);
      server.fail(undefined);
      assert.equal(code, 1);
      for (const signal of SIGNALS) {
        const [, found, answered, advice] = verdictOf(signal, output);
        assert.equal(found, outcome, output);
        assert.match(answered!, said);
        assert.match(advice!, hint);
      }
    });
  }

  test('tells a token that lacks a scope from a wrong one, although both are answered with 401', async () => {
    server.allow(['metrics', 'profiles']);
    const { output } = await check(server.endpoints);
    server.allow(SIGNALS);
    for (const signal of ['metrics', 'profiles'] as const) assert.equal(verdictOf(signal, output)[1], 'ok', output);
    for (const signal of ['logs', 'traces'] as const) {
      const [, found, answered, advice] = verdictOf(signal, output);
      assert.equal(found, 'REFUSED');
      assert.match(answered!, /^(401|UNAUTHENTICATED): .*invalid scope requested/);
      assert.match(advice!, new RegExp(`may not write ${signal}: its access policy needs the scope ${signal}:write`));
    }
  });

  test('takes a message of gRPC that is not percent-encoded as it is', async () => {
    const grpc = http2.createSecureServer({ key: certificates.key, cert: certificates.certificate });
    grpc.on('stream', (stream) => {
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '7', 'grpc-message': '100% wrong' },
        { endStream: true },
      );
    });
    grpc.listen(0, '127.0.0.1');
    await once(grpc, 'listening');
    const tracesUrl = `localhost:${(grpc.address() as AddressInfo).port}`;
    const { output } = await check({ ...server.endpoints, tracesUrl });
    grpc.close();
    assert.match(verdictOf('traces', output)[2]!, /^PERMISSION_DENIED: 100% wrong/);
    assert.equal(verdictOf('logs', output)[1], 'ok');
  });

  const closings: [how: string, close: (stream: http2.ServerHttp2Stream, socket: TLSSocket) => void][] = [
    ['the connection ends', (_, socket) => socket.end()],
    ['the connection is destroyed', (_, socket) => socket.destroy()],
    [
      'the session says goodbye',
      ({ session }) => {
        session!.goaway();
        session!.destroy();
      },
    ],
    ['the stream is reset without an error', (stream) => stream.close(http2.constants.NGHTTP2_NO_ERROR)],
    ['the stream is reset', (stream) => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR)],
  ];
  for (const [how, close] of closings) {
    test(`an endpoint for traces is away, not wrong, when ${how} before an answer`, async () => {
      const closing = http2.createSecureServer({ key: certificates.key, cert: certificates.certificate });
      let socket: TLSSocket;
      closing.on('secureConnection', (one) => {
        socket = one;
      });
      closing.on('sessionError', () => {});
      closing.on('stream', (stream) => {
        stream.on('error', () => {});
        close(stream, socket);
      });
      closing.listen(0, '127.0.0.1');
      await once(closing, 'listening');
      const tracesUrl = `https://localhost:${(closing.address() as AddressInfo).port}`;
      const file = path.join(folder, 'closing.json');
      const { code, output } = await check({ ...server.endpoints, tracesUrl }, { args: ['--write', file] });
      closing.close();
      assert.equal(verdictOf('traces', output)[1], 'AWAY', output);
      assert.match(verdictOf('traces', output)[2]!, /connection was cut/);
      assert.equal(code, 0, 'what is only away stops nothing');
    });
  }

  test('waits ten seconds for an answer, also where something comes all the time', { timeout: 25_000 }, async () => {
    const slow = http2.createSecureServer({ key: certificates.key, cert: certificates.certificate });
    slow.on('stream', (stream) => {
      stream.on('error', () => {});
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
      const drops = setInterval(() => stream.write('.'), 500);
      stream.on('close', () => clearInterval(drops));
    });
    slow.listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const tracesUrl = `https://localhost:${(slow.address() as AddressInfo).port}`;
    const { output } = await check({ ...server.endpoints, tracesUrl });
    slow.close();
    assert.equal(verdictOf('traces', output)[1], 'AWAY', output);
  });

  test('tells the one signal whose token is wrong from the others', async () => {
    for (const signal of SIGNALS) {
      const wrong = FIELDS.find((field) => field.signal === signal && /password|base64/.test(field.kind))!;
      const value = signal === 'traces' ? Buffer.from(`1003:${WRONG}`).toString('base64') : WRONG;
      const { code, output } = await check({ ...server.endpoints, [wrong.name]: value });
      assert.equal(code, 1);
      for (const one of SIGNALS) assert.equal(verdictOf(one, output)[1], one === signal ? 'REFUSED' : 'ok', output);
      assert.match(verdictOf(signal, output)[2]!, /^(401|UNAUTHENTICATED): .*invalid token/);
    }
  });

  test('does not repeat a token that an endpoint repeats', async () => {
    server.fail(400);
    const { output } = await check(server.endpoints);
    server.fail(undefined);
    for (const signal of SIGNALS)
      assert.match(verdictOf(signal, output)[2]!, /you sent Basic \(hidden\), \d+:\(hidden\)$/);
  });

  test('refuses a certificate that nobody vouches for, or of another host', async () => {
    const { output } = await check(server.endpoints, { env: { NODE_EXTRA_CA_CERTS: '' } });
    for (const signal of SIGNALS) {
      const [, outcome, answered, hint] = verdictOf(signal, output);
      assert.equal(outcome, 'REFUSED');
      assert.match(answered!, /the certificate is not trusted/);
      assert.match(hint!, /CLOUD_CA_FILE in \.env.*NODE_EXTRA_CA_CERTS/);
    }
    await using strange = await makeCertificates('DNS:example.org');
    await using other = await startCloudServer(strange);
    const { output: said } = await check(other.endpoints, { env: { NODE_EXTRA_CA_CERTS: strange.authority } });
    for (const signal of SIGNALS) assert.match(verdictOf(signal, said)[2]!, /certificate is that of another host/);
    assert.deepEqual(other.requests.metrics, { accepted: 0, refused: 0 });
  });

  test('says that nothing listens, that a host does not exist, and that there is no TLS', async () => {
    const at = (port: number, host = 'localhost') =>
      JSON.parse(JSON.stringify(server.endpoints).replaceAll(`localhost:${server.port}`, `${host}:${port}`));
    const { output: refused } = await check(at(await freePort()));
    for (const signal of SIGNALS) assert.match(verdictOf(signal, refused)[2]!, /the connection is refused/, refused);

    const { output: unknown } = await check(at(443, 'nothing.invalid'));
    for (const signal of SIGNALS) assert.match(verdictOf(signal, unknown)[2]!, /does not exist|no name server answers/);

    const plain = createServer((_, response) => response.end('hello')).listen(0);
    const { output: clear } = await check(at((plain.address() as AddressInfo).port));
    plain.close();
    for (const signal of SIGNALS) assert.match(verdictOf(signal, clear)[2]!, /does not speak TLS/, clear);
  });

  test('sends nothing while a placeholder is left, and names field, file and page of the portal', async () => {
    const before = structuredClone(server.requests);
    const { code, output } = await check({ ...server.endpoints, logsUsername: '<logsUsername>' });
    assert.equal(code, 1);
    assert.match(
      output,
      /logs\.basicAuth\.username in alloy\/endpoints-cloud\.local\.json is still the placeholder <logsUsername>\n +grafana\.com → My Account → your stack → Loki → Details/,
    );
    assert.deepEqual(server.requests, before);
  });

  test('takes what variables say in place of the file, and names the variable where it is wrong', async () => {
    const file = await read('alloy/endpoints-cloud.json');
    const env = Object.fromEntries(FIELDS.map(({ name, variable }) => [variable, server.endpoints[name]]));
    assert.equal((await check(file, { env })).code, 0);
    assert.equal((await check('no JSON', { env })).code, 0, 'nobody needs the file then');
    const { output } = await check(file, { env: { ...env, GRAFANA_CLOUD_LOGS_URL: 'http://localhost' } });
    assert.match(output, /^ {2}the variable GRAFANA_CLOUD_LOGS_URL is an http URL$/m);
  });

  const files: [what: string, content: string | Buffer, said: RegExp][] = [
    [
      'no JSON, and the line',
      '{\n  "metrics": {\n    "url": "a",,\n',
      /alloy\/endpoints-cloud\.local\.json is no JSON: line 3, column \d+/,
    ],
    ['a file that ends too early', '{ "metrics": ', /is no JSON: line 1, column 14: a value is missing/],
    [
      'a token without quotation marks',
      `{\n  "metrics": { "basicAuth": { "password": ${TOKEN} } }\n}`,
      /is no JSON: line 2, column 43: a text needs quotation marks/,
    ],
    [
      'quotation marks of a text processor',
      '{\n  "logs": { "url": “https://a” }\n}',
      /is no JSON: line 2, column 20: a text needs quotation marks around it, straight ones/,
    ],
    [
      'a quotation mark that is missing',
      `{\n  "logs": { "url": "${TOKEN}\n}`,
      /line 2, column 20: a quotation mark is missing/,
    ],
    [
      'a comma at the end',
      '{\n  "logs": {},\n}',
      /line 3, column 1: the name of a field is missing, or a comma is one/,
    ],
    ['a comment', '{\n  // mine\n  "logs": {}\n}', /line 2, column 3: JSON has no comments/],
    ['the encoding of another time', Buffer.from('\ufeff{}', 'utf16le'), /is saved as UTF-16\n +save it as UTF-8/],
    ['a token in the place of a name', `{ "metrics": { "${TOKEN}": "a" } }`, /metrics\.\(a name\) in \S+ is no field/],
    [
      'a token in the brackets of the placeholder',
      `{ "metrics": { "basicAuth": { "password": "<${TOKEN}>" } } }`,
      /metrics\.basicAuth\.password in \S+ stands in angle brackets/,
    ],
    [
      'a field that nobody reads',
      '{ "metrics": { "uri": "https://a" } }',
      /metrics\.uri in \S+ is no field that Alloy reads\n +the fields are metrics\.url, metrics\.basicAuth\.username/,
    ],
    ['a signal that there is not', '{ "metricz": {} }', /metricz in \S+ is no field/],
    [
      'a number without quotation marks',
      '{ "metrics": { "basicAuth": { "username": 1001 } } }',
      /metrics\.basicAuth\.username in \S+ is no text\n +put it into quotation marks/,
    ],
    ['a list in place of an object', '[]', /local\.json is no object with fields/],
    ['a field that is missing', '{}', /metrics\.url in \S+ is empty/],
  ];
  for (const [what, content, said] of files) {
    test(`finds ${what}`, async () => {
      const { code, output } = await check(content);
      assert.equal(code, 1);
      assert.match(output, said);
    });
  }

  test('says how to bring the file back', async () => {
    const { code, output } = await check(server.endpoints, { file: 'another.json' });
    assert.equal(code, 1);
    assert.match(output, /alloy\/endpoints-cloud\.json there is no such file\n +bring it back: git checkout/);
  });

  test('warns of tokens in the file that git tracks', async () => {
    const { code, output } = await check(server.endpoints, { file: 'endpoints-cloud.json' });
    assert.equal(code, 0);
    assert.match(
      output,
      /^WARNING: alloy\/endpoints-cloud\.json is filled, and git tracks it.*\bmv alloy\/endpoints-cloud\.json alloy\/endpoints-cloud\.local\.json && git checkout/m,
    );
    assert.doesNotMatch((await check(server.endpoints)).output, /WARNING/);
    const token = `{ "metrics": { "basicAuth": { "password": "<${TOKEN}>" } } }`;
    assert.match(
      (await check(token, { file: 'endpoints-cloud.json' })).output,
      /WARNING: .* is filled, and git tracks/,
    );
    const placeholders = await read('alloy/endpoints-cloud.json');
    assert.doesNotMatch((await check(placeholders, { file: 'endpoints-cloud.json' })).output, /WARNING/);
  });

  test('with --watch says once that a token was deleted, and once that it works again', async () => {
    const from = await mkdtemp(path.join(folder, 'alloy-'));
    await writeFile(path.join(from, 'endpoints-cloud.local.json'), JSON.stringify(forAlloy(server.endpoints)));
    const args = [
      path.join(root, 'source/cloud/main.ts'),
      '--from',
      from,
      '--watch',
      '1',
      '--mark',
      path.join(from, 'asked'),
    ];
    const env = { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: certificates.authority };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const rounds = async (count: number) => {
      const before = server.requests.logs.accepted + server.requests.logs.refused;
      await until(() => server.requests.logs.accepted + server.requests.logs.refused >= before + count);
    };
    await rounds(2);
    await stat(path.join(from, 'asked'));
    assert.equal(output, '', 'all is well');
    server.revoke();
    await rounds(3);
    server.restore();
    await rounds(2);
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
    for (const signal of SIGNALS) {
      const said: string[] = output.split('\n').filter((line) => line.includes(`"${signal} `));
      assert.equal(said.length, 2, output);
      assert.match(
        said[0]!,
        /^level=error msg="\w+ do not arrive: (401|UNAUTHENTICATED): .*the token is wrong, has expired or was deleted/,
      );
      assert.match(said[1]!, /^level=info msg="\w+ arrive again"$/);
    }
  });

  test('with --watch says once that the file is broken', async () => {
    const from = await mkdtemp(path.join(folder, 'alloy-'));
    const file = path.join(from, 'endpoints-cloud.local.json');
    await writeFile(file, '{');
    const said: string[] = [];
    let round = 0;
    const end = new AbortController();
    await watch(() => readEndpoints(from, {}), {
      everyMs: 1,
      say: (line) => said.push(line),
      onRound: async () => {
        if (++round === 3) await writeFile(file, '[]');
        if (round === 6) end.abort();
      },
      until: end.signal,
    });
    assert.equal(said.length, 2, said.join('\n'));
    assert.match(said[0]!, /^level=error msg="nothing is asked: alloy\/endpoints-cloud\.local\.json is no JSON/);
    assert.match(said[1]!, /^level=error msg="nothing is asked: alloy\/endpoints-cloud\.local\.json is no object/);
  });

  test('says what it takes, and refuses what it does not', async () => {
    const { code, output } = await check(server.endpoints, { args: ['--help'] });
    assert.equal(code, 0);
    assert.match(output, /^Usage: npm run cloud:check/);
    const wrong = await check(server.endpoints, { args: ['--wacth', '1'] });
    assert.equal(wrong.code, 2);
    assert.match(wrong.output, /^Unknown option '--wacth'.*\n\nUsage: /);
  });

  test('says which file can not be written', async () => {
    const file = path.join(folder, 'nowhere/endpoints.json');
    const { code, output } = await check(server.endpoints, { args: ['--write', file] });
    assert.equal(code, 1);
    assert.match(output, /nowhere\/endpoints\.json can't be written: ENOENT/);
    assert.doesNotMatch(output, /\n +at /);
  });

  for (const seconds of ['', 'often', '0', '0.5', '-1', '9999999']) {
    test(`refuses --watch=${seconds}`, async () => {
      const { code, output } = await check(server.endpoints, { args: [`--watch=${seconds}`] });
      assert.equal(code, 2);
      assert.match(output, /--watch takes a number of seconds, 1 to \d+, not “/);
    });
  }

  describe('with --write, before Alloy starts', () => {
    test('writes what Alloy reads, for nobody else to read', async () => {
      const file = path.join(folder, 'written.json');
      await writeFile(file, 'of an earlier start');
      await chmod(file, 0o644);
      const { code } = await check(server.endpoints, { args: ['--write', file] });
      assert.equal(code, 0);
      const written = JSON.parse(await readFile(file, 'utf8'));
      assert.deepEqual(Object.keys(written), Object.keys(JSON.parse(await read('alloy/endpoints.json'))));
      assert.deepEqual(written.metrics.basicAuth, { username: '1001', password: TOKEN });
      assert.equal(written.traces.url, `https://localhost:${server.port}`, 'with TLS, for certain');
      const authorization = path.join(folder, 'traces-authorization');
      assert.equal(await readFile(authorization, 'utf8'), `Basic ${server.endpoints.tracesBase64AuthToken}`);
      for (const one of [file, authorization]) assert.equal((await stat(one)).mode & 0o777, 0o600);
    });

    test('does not write when an endpoint refuses', async () => {
      const file = path.join(folder, 'refused.json');
      const { code } = await check({ ...server.endpoints, logsPassword: WRONG }, { args: ['--write', file] });
      assert.equal(code, 1);
      await assert.rejects(stat(file), /ENOENT/);
    });

    test('writes when an endpoint is away, because Alloy waits for it', async () => {
      server.fail(503, 'logs');
      const file = path.join(folder, 'away.json');
      const { code, output } = await check(server.endpoints, { args: ['--write', file] });
      server.fail(undefined);
      assert.equal(code, 0, output);
      assert.match(output, /Alloy keeps what is meant for it/);
      await stat(file);
    });
  });
});

describe('what Alloy is given', () => {
  const written: [spelling: string, address: string][] = [
    ['tempo-1.grafana.net:443', 'https://tempo-1.grafana.net:443'],
    ['https://tempo-1.grafana.net:443', 'https://tempo-1.grafana.net:443'],
    ['https://tempo-1.grafana.net:443/', 'https://tempo-1.grafana.net:443'],
    ['HTTPS://tempo-1.grafana.net:443', 'https://tempo-1.grafana.net:443'],
    ['https://tempo-1.grafana.net', 'https://tempo-1.grafana.net:443'],
  ];
  for (const [spelling, address] of written) {
    test(`${spelling} for traces is ${address}`, () => {
      const endpoints = { tracesUrl: spelling } as Endpoints;
      assert.equal((forAlloy(endpoints) as { traces: { url: string } }).traces.url, address);
    });
  }
});

describe('what an answer means', () => {
  const answers: [answer: Answer, outcome: string, said: RegExp][] = [
    [{ kind: 'failure', code: 'EHOSTUNREACH' }, 'away', /no way to the host/],
    [{ kind: 'failure', code: 'ENETUNREACH' }, 'away', /no way to the host/],
    [{ kind: 'failure', code: 'ERR_HTTP2_ERROR' }, 'refused', /does not speak HTTP\/2/],
    [{ kind: 'failure', code: 'ERR_HTTP2_STREAM_ERROR' }, 'away', /connection was cut/],
    [{ kind: 'failure', code: 'ERR_HTTP2_SESSION_ERROR' }, 'away', /connection was cut/],
    [{ kind: 'failure', code: 'ERR_HTTP2_GOAWAY_SESSION' }, 'away', /connection was cut/],
    [{ kind: 'http', status: 408, body: '' }, 'away', /408/],
  ];
  for (const [answer, outcome, said] of answers) {
    test(`${Object.values(answer).slice(1).join(' ')} is ${outcome}`, () => {
      const verdict = explain('traces', answer);
      assert.equal(verdict.outcome, outcome);
      assert.match(verdict.answered, said);
    });
  }
});

describe('tokens stay out of git and of images', () => {
  test('the file in git has placeholders only, each in its place', async () => {
    const file = JSON.parse((await run('git', ['show', ':alloy/endpoints-cloud.json'], { cwd: root })).stdout);
    const placeholders = Object.fromEntries(FIELDS.map(({ name }) => [name, `<${name}>`])) as Endpoints;
    const expected = forAlloy(placeholders) as { traces: { url: string } };
    expected.traces.url = '<tracesUrl>';
    assert.deepEqual(file, expected);
  });

  test('git ignores the filled copy, and holds no token', async () => {
    await run('git', ['check-ignore', '--quiet', '--no-index', 'alloy/endpoints-cloud.local.json'], { cwd: root });
    // As it is; and in base64 after "<username>:", where it looks different at each of three places. In tests they are
    // obviously none.
    const token = '(glc_|OmdsY1|6Z2xjX|pnbGNf)[A-Za-z0-9+/=_-]{60,}';
    for (const username of ['1', '12', '123']) {
      const encoded = Buffer.from(`${username}:glc_${'eyJvIjoiMTIzIiwi'.repeat(5)}`).toString('base64');
      assert.match(encoded, new RegExp(token));
    }
    const files = await run('git', ['grep', '-lE', token], { cwd: root }).then(
      ({ stdout }) => stdout,
      // 1 says that there are none.
      ({ code, stdout, stderr }) => (code === 1 ? stdout : assert.fail(stderr)),
    );
    assert.equal(files, '');
    assert.equal(await read('alloy/traces-authorization'), 'Basic');
  });

  test('Docker sees neither file when it builds', async () => {
    const [everything, ...exceptions] = (await read('.dockerignore'))
      .split('\n')
      .filter((line) => /^[^#\s]/.test(line));
    assert.equal(everything, '*');
    for (const line of exceptions) assert.ok(!line.startsWith('!') || !/alloy|\*/.test(line), line);
  });
});

const compose = await realProgram('docker-compose');

describe('docker-compose-cloud.yml', { skip: compose.skip }, () => {
  // biome-ignore lint/suspicious/noExplicitAny: a service of Compose, of which each test reads other parts
  type Services = Record<string, any>;
  let base: Services;
  let variant: Services;
  const BACKENDS = ['mimir', 'loki', 'tempo', 'pyroscope', 'grafana'];

  async function resolved(file: string, env: Record<string, string> = {}): Promise<Services> {
    const { stdout } = await run(compose.path!, ['-f', file, '--profile', '*', 'config', '--format', 'json'], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: tmpdir(), ...env },
    });
    return JSON.parse(stdout).services;
  }
  before(async () => {
    base = await resolved('docker-compose.yml');
    variant = await resolved('docker-compose-cloud.yml');
  });

  test('has the application and Alloy, a check before them, and no backend', () => {
    const expected = [...Object.keys(base).filter((name) => !BACKENDS.includes(name)), 'cloud-check', 'cloud-watch'];
    assert.deepEqual(Object.keys(variant).toSorted(), expected.toSorted());
  });

  test('builds each image once', () => {
    const built = Object.values(variant).flatMap(({ build, image }) => (build ? [image] : []));
    assert.deepEqual(built, [...new Set(built)]);
  });

  test('starts nothing before the check was content', () => {
    const waits = (name: string): boolean => {
      const before = Object.entries<{ condition: string }>(variant[name].depends_on ?? {});
      return before.some(([other, { condition }]) =>
        other === 'cloud-check' ? condition === 'service_completed_successfully' : waits(other),
      );
    };
    for (const name of Object.keys(variant)) if (name !== 'cloud-check') assert.ok(waits(name), name);
  });

  test('changes nothing else about the services', () => {
    const changed = new Set<string>();
    for (const [name, service] of Object.entries(variant)) {
      if (!(name in base)) continue;
      for (const key of Object.keys({ ...service, ...base[name] })) {
        if (JSON.stringify(service[key]) !== JSON.stringify(base[name][key])) changed.add(`${name} ${key}`);
      }
    }
    const waiting = Object.keys(variant).filter((name) => !/^(cloud-.*|beyla-.*)$/.test(name));
    assert.deepEqual(
      [...changed].toSorted(),
      [
        ...waiting.map((name) => `${name} depends_on`),
        // ENDPOINTS_FILE, STACK_SERVICES; the file that the first names.
        'alloy environment',
        'alloy volumes',
        // Where it sends its results, and where the links lead.
        'k6 environment',
        'mythical-server environment',
      ].toSorted(),
    );
    assert.deepEqual(variant.alloy.command, base.alloy.command, 'the same config.alloy');
  });

  test('gives the check each variable, and no rights but to read a file of yours', () => {
    const { environment, cap_drop, cap_add, read_only, restart, image, mem_limit } = variant['cloud-check'];
    const expected = [...FIELDS.map(({ variable }) => variable), 'NODE_EXTRA_CA_CERTS'];
    assert.deepEqual(Object.keys(environment).toSorted(), expected.toSorted());
    assert.deepEqual(
      { cap_drop, cap_add, read_only },
      { cap_drop: ['ALL'], cap_add: ['DAC_READ_SEARCH'], read_only: true },
    );
    assert.equal(restart, 'no');
    assert.equal(image, 'mythical/cloud-check');
    assert.ok(Number(mem_limit) <= 128 * 1024 * 1024);
  });

  test('trusts the certificate authority that CLOUD_CA_FILE names, in all that ask the endpoints', async () => {
    const trusting = await resolved('docker-compose-cloud.yml', { CLOUD_CA_FILE: '/my/ca.pem' });
    const VARIABLES = {
      'cloud-check': 'NODE_EXTRA_CA_CERTS',
      'cloud-watch': 'NODE_EXTRA_CA_CERTS',
      alloy: 'SSL_CERT_FILE',
    };
    for (const [name, variable] of Object.entries(VARIABLES)) {
      const mount = (services: Services) =>
        services[name].volumes.find(({ target }: { target: string }) => target === '/ca.pem');
      const mounted = (services: Services) => mount(services).source;
      assert.notEqual(mount(trusting).bind?.create_host_path, true, 'a name that is wrong must not become a folder');
      assert.equal(variant[name].environment[variable], '', name);
      assert.equal(mounted(variant), '/dev/null', name);
      assert.equal(trusting[name].environment[variable], '/ca.pem', name);
      assert.equal(mounted(trusting), '/my/ca.pem', name);
    }
  });

  test('lets Alloy ask only those of the stack that are there', () => {
    const { STACK_SERVICES } = variant.alloy.environment;
    for (const name of BACKENDS) assert.doesNotMatch(name, new RegExp(`^(${STACK_SERVICES})$`));
  });

  test('leads from the control room to your Grafana, or nowhere', async () => {
    const links = ['TRACE_URL', 'LOGS_URL', 'PROFILE_URL'] as const;
    const yours = await resolved('docker-compose-cloud.yml', { GRAFANA_URL: 'https://me.grafana.net' });
    for (const link of links) {
      assert.match(variant['mythical-server'].environment[link], /^https:\/\/grafana\.invalid\//);
      assert.match(yours['mythical-server'].environment[link], /^https:\/\/me\.grafana\.net\/explore\?.*grafanacloud-/);
      assert.match(base['mythical-server'].environment[link], /^http:\/\/localhost:3000\/explore\?/);
    }
  });
});

describe('docs/ways-to-run.md', () => {
  test('names every placeholder and its variable', async () => {
    const page = await read('docs/ways-to-run.md');
    for (const { name, variable } of FIELDS) assert.ok(page.includes(`| \`<${name}>\` | \`${variable}\` |`), name);
  });
});
