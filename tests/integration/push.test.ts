import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { IN_MEMORY, startLens } from '../../source/lens/lens.ts';
import { KINDS } from '../../tools/push/items.ts';
import { parseOptions } from '../../tools/push/options.ts';
import { findOnPath } from '../support/on-path.ts';
import { inProject, read, run } from '../support/project.ts';
import { push } from '../support/push.ts';
import { startPyroscope } from '../support/pyroscope.ts';
import { realProgram } from '../support/real-program.ts';
import { serve } from '../support/serve.ts';
import { useStarted } from '../support/use-started.ts';

const pyroscope = await realProgram('pyroscope');
describe('npm run push', () => {
  const lens = useStarted(() => startLens(IN_MEMORY, assert.fail));

  const endpointOf = (protocol: string) => (protocol === 'grpc' ? lens.otlpGrpcUrl : lens.otlpHttpUrl);

  for (const kind of KINDS.filter((kind) => kind !== 'profile')) {
    for (const protocol of ['grpc', 'http/protobuf']) {
      test(`${kind} over ${protocol} is found in lens`, async () => {
        const where = ['--endpoint', endpointOf(protocol), '--backend', lens.url];
        const { ok, output } = await push(kind, '--protocol', protocol, ...where);
        assert.ok(ok, output);
        assert.match(
          output,
          /^accepted: \w+ [0-9a-f]{32} to http\S+: (OK|200)\nfound: in lens at http\S+, after \S+ s$/,
        );
      });
    }
  }

  test('a profile is found in lens', async () => {
    const { ok, output } = await push('profile', '--endpoint', lens.url, '--backend', lens.url);
    assert.ok(ok, output);
    assert.match(output, /found: in lens/);
  });

  test('a profile is found in Pyroscope', { skip: pyroscope.skip }, async () => {
    await using running = await startPyroscope(pyroscope.path!);
    const url = `http://127.0.0.1:${running.port}`;
    const { ok, output } = await push('profile', '--endpoint', url, '--backend', url);
    assert.ok(ok, output);
  });

  test('the curl commands in docs/push.md work', async (t) => {
    const curl = await findOnPath('curl');
    if (curl === undefined) return t.skip('not run: curl');
    const page = read('docs/push.md');
    const script = /```sh\n(now=[\s\S]*?)```/.exec(page)?.[1]?.replaceAll('http://localhost:4318', lens.otlpHttpUrl);
    const { stdout } = await run('bash', ['-euc', script!], { timeout: 30_000 });
    assert.match(stdout, /^(\{("partialSuccess":\{\})?\}){3}$/);
    const { rows } = await lens.query(`
      select (select count(*) from logs where body = 'a line by curl'), (select count(*) from spans where name = 'by curl'),
        (select string_agg(distinct name, ' ' order by name) from metrics where name like 'curl%')`);
    assert.deepEqual(rows[0]!.map(String), [
      '1',
      '1',
      'curl_counter_total curl_gauge curl_histogram_bucket curl_histogram_count curl_histogram_sum',
    ]);
  });

  test('wrong token, missing permission and wrong path get different hints', async () => {
    await using guarded = await serve((request, response) => {
      const { authorization } = request.headers;
      response.statusCode = authorization === 'Bearer right' ? 200 : authorization === 'Bearer reader' ? 403 : 401;
      response.end();
    });
    const sentence = async (...args: string[]) =>
      (await push('log', '--endpoint', guarded.url, '--backend', nowhere, ...args)).output;
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    assert.match(
      await sentence('--header', 'authorization=Bearer wrong'),
      /\S+: 401\n +the credentials are missing or wrong/,
    );
    assert.match(
      await sentence('--header', 'authorization=Bearer reader'),
      /\S+: 403\n +the credentials are valid, but may not write logs/,
    );
    assert.match(await sentence('--header', 'authorization=Bearer right'), /^accepted: .*\nnot read back: /);
    assert.match(
      (await push('gauge', '--endpoint', `${lens.otlpHttpUrl}/otlp`)).output,
      /^not accepted: .*\/otlp\/v1\/metrics: 404.*\n +the path is wrong: --endpoint is the part before \/v1\/metrics/,
    );
  });

  const LOST: [what: string, args: () => Promise<string[]> | string[], sentence: RegExp][] = [
    [
      'nothing listens',
      async () => ['--endpoint', `http://127.0.0.1:${await freePort()}`],
      /^not accepted: log \w+ to \S+: the connection is refused\n +is the receiver running/,
    ],
    [
      'nothing listens, over gRPC',
      async () => ['--endpoint', `http://127.0.0.1:${await freePort()}`, '--protocol', 'grpc'],
      /^not accepted: log \w+ to \S+: the connection is refused\n +is the receiver running/,
    ],
    [
      'the host does not exist',
      () => ['--endpoint', 'http://nowhere.invalid:4318'],
      /: (the host does not exist\n +is there a typo|the DNS server does not respond\n)/,
    ],
    [
      'wrong port: gRPC instead of HTTP',
      () => ['--endpoint', lens.otlpGrpcUrl],
      /^not accepted: .*: the endpoint speaks another protocol\n +does this port expect the other protocol/,
    ],
    [
      'wrong port: HTTP instead of gRPC',
      () => ['--endpoint', lens.otlpHttpUrl, '--protocol', 'grpc'],
      /^not accepted: .*: the endpoint speaks another protocol\n +does this port expect the other protocol/,
    ],
    [
      'TLS to a port without it',
      () => ['--endpoint', lens.otlpHttpUrl.replace('http', 'https')],
      /^not accepted: .*\n +does this port expect the other protocol/,
    ],
    [
      'the backend does not have the item',
      () => ['--endpoint', lens.otlpHttpUrl, '--backend', empty.url, '--wait', '1'],
      /^accepted: .*\nnot found: in lens at .*, within 1\.\d s\n +it got lost between the endpoint and lens/,
    ],
    [
      'the backend is something else',
      () => ['--endpoint', lens.otlpHttpUrl, '--backend', other.url],
      /^accepted: .*\nnot read back: the backend at \S+ answered 404 to \/loki\S+: 404 page not found\n +the endpoint accepted the item. --backend is the URL of lens or Loki\. /,
    ],
    [
      'the backend is down',
      async () => ['--endpoint', lens.otlpHttpUrl, '--backend', `http://127.0.0.1:${await freePort()}`],
      /^accepted: .*\nnot read back: the backend at \S+ can't be reached: ECONNREFUSED\n +the endpoint accepted the item/,
    ],
  ];
  const empty = useStarted(() => startLens(IN_MEMORY, assert.fail));
  const other = useStarted(() => serve((_, response) => void response.writeHead(404).end('404 page not found\n')));

  test('a backend that knows no such path is not a Tempo without the trace', async () => {
    const { output } = await push('trace', '--endpoint', lens.otlpHttpUrl, '--backend', other.url);
    assert.match(
      output,
      /not read back: the backend at \S+ answered 404 to \/api\/v2\/traces\S+: 404 page not found\n/,
    );
  });

  test('the message of an OTLP error is readable over HTTP', async () => {
    // google.rpc.Status { message: "no token" }
    const status = Buffer.from([0x12, 0x08, ...Buffer.from('no token')]);
    await using guarded = await serve((_, response) => {
      response.writeHead(401, { 'content-type': 'application/x-protobuf' }).end(status);
    });
    assert.match(
      (await push('log', '--endpoint', guarded.url)).output,
      /: 401: no token\n +the credentials are missing/,
    );
  });
  for (const [what, args, sentence] of LOST) {
    test(`${what}: reports the reason`, async () => {
      const { ok, output } = await push('log', ...(await args()));
      assert.equal(ok, false);
      assert.match(output, sentence);
      assert.doesNotMatch(output, /\n +at /);
    });
  }

  test('neither a partial success that rejects the item nor a web page counts as success', async () => {
    // PartialSuccess { rejected: 1, error_message: "no" }
    const rejection = Buffer.from([0x0a, 0x06, 0x08, 0x01, 0x12, 0x02, 0x6e, 0x6f]);
    await using rejecting = await serve((_, response) => void response.end(rejection));
    assert.match(
      (await push('trace', '--endpoint', rejecting.url)).output,
      /the endpoint rejected the item \(partial success\): no/,
    );
    await using page = await serve((_, response) => void response.end('<html>'));
    assert.match((await push('trace', '--endpoint', page.url)).output, /this is not an OTLP response/);
  });

  const MISUSE: [args: string[], message: RegExp][] = [
    [[], /^expected one of log, gauge, counter, histogram, trace, profile$/],
    [['span'], /^expected one of log/],
    [['log', '--protocol', 'http/json'], /^expected --protocol grpc or http\/protobuf/],
    [['profile', '--protocol', 'grpc'], /^profiles use Pyroscope’s API/],
    [['log', '--endpoint', 'localhost:4318'], /^expected a URL with http/],
    [['log', '--header', 'x'], /^expected a header as NAME=VALUE/],
    [['log', '--sometimes'], /^Unknown option '--sometimes'/],
  ];
  for (const [args, message] of MISUSE) {
    test(`[${args}] is refused`, () => assert.throws(() => parseOptions(args), { message }));
  }

  test('runs as a command', async () => {
    const command = (...args: string[]) =>
      run(process.execPath, [inProject('tools/push/main.ts'), ...args], { timeout: 60_000 }).then(
        ({ stdout }) => [0, stdout] as const,
        ({ code, stdout, stderr }) => [code, stdout + stderr] as const,
      );
    const where = ['--endpoint', lens.otlpHttpUrl, '--backend', lens.url];
    const [found, lost, wrong, help] = await Promise.all([
      command('log', ...where),
      command('log', '--endpoint', `${lens.url}/otlp`),
      command('logs'),
      command('--help'),
    ]);
    assert.equal(found[0], 0);
    assert.match(found[1], /^accepted: .*\nfound: .*\n$/);
    assert.equal(lost[0], 1);
    assert.match(lost[1], /^not accepted: .*\n {4}the path is wrong.*\n$/);
    assert.equal(wrong[0], 2);
    assert.match(wrong[1], /^expected one of log, .*\n\nUsage: npm run push/);
    assert.equal(help[0], 0);
    assert.match(help[1], /^Usage: npm run push/);
  });
});
