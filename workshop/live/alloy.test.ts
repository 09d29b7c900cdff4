import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { type Served, serve } from '../../tests/support/serve.ts';
import { buildGraph } from '../alloy/graph.ts';
import { explain } from '../command/explain.ts';
import { checkComponents, refused, reload } from './alloy.ts';
import { checkFlow, countsIn } from './flow.ts';

// With responses in the form of Alloy v1.18.1's source code (syntax/diag, internal/web/api).

const TEXT = `prometheus.scrape "a" {
  targets    = [{"__address__" = "x:1"}]
  forward_to = [prometheus.relabel.b.receiver]
}
prometheus.relabel "b" {
  forward_to = [prometheus.remote_write.c.receiver]
}
prometheus.remote_write "c" { }
`;
const graph = buildGraph({ file: 'config.alloy', text: TEXT });

const servers: Served[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server[Symbol.asyncDispose]();
});

async function alloy(answers: Record<string, [status: number, body: string]>): Promise<string> {
  const server = await serve(({ url }, response) => {
    const [status, body] = answers[url!] ?? [404, ''];
    response.writeHead(status, { connection: 'close' }).end(body);
  });
  servers.push(server);
  return server.url;
}

describe('the response to a reload', () => {
  const cases: [answer: string, line: number | undefined, message: string][] = [
    ['/etc/alloy/config.alloy:12:3: unrecognized attribute name "x"', 12, 'unrecognized attribute name "x"'],
    ['/etc/alloy/config.alloy:2:1: a (and 1 more diagnostics)', 2, 'a'],
    ['error during the initial load: /etc/alloy/config.alloy:7:9: missing ","', 7, 'missing ","'],
    ['something else', undefined, 'something else'],
  ];
  for (const [answer, line, message] of cases) {
    test(answer, () => {
      const finding = refused(answer, 'work/config.alloy');
      assert.deepEqual([finding.at?.line, finding.args.message, finding.verdict], [line, message, 'failed']);
    });
  }

  test('a port that is still in use: Alloy is asked again, and then it can’t be told', async () => {
    const answers: [number, string][] = [[400, 'c.alloy:6:1: listen tcp 0.0.0.0:3100: bind: address already in use']];
    const url = await alloy({ '/-/reload': answers[0]! });
    const still = await reload(url, 'f');
    assert.deepEqual([still?.verdict, still?.code, still?.at?.line], ['unknown', 'port-in-use', 6]);
    const server = await serve((_, response) => {
      const [status, body] = answers.shift() ?? [200, 'config reloaded'];
      response.writeHead(status).end(body);
    });
    servers.push(server);
    assert.equal(await reload(server.url, 'f'), undefined);
  });

  test('a connection closed without a response, as when Alloy panics: can’t tell', async () => {
    const server = await serve(({ socket }) => socket.destroy());
    servers.push(server);
    const finding = await reload(server.url, 'f');
    assert.deepEqual([finding?.verdict, finding?.code], ['unknown', 'broke-off']);
  });

  test('200: no findings; 400: rejected; anything else is not Alloy', async () => {
    assert.equal(await reload(await alloy({ '/-/reload': [200, 'config reloaded'] }), 'f'), undefined);
    assert.equal((await reload(await alloy({ '/-/reload': [400, 'c.alloy:1:1: x'] }), 'f'))?.code, 'refused');
    const other = await reload(await alloy({}), 'f');
    assert.deepEqual([other?.verdict, other?.code], ['unknown', 'no-alloy']);
  });
});

describe('the running components', () => {
  const component = (localID: string, state = 'healthy', message = '') => ({ localID, health: { state, message } });
  const ids = ['prometheus.scrape.a', 'prometheus.relabel.b', 'prometheus.remote_write.c'];
  const check = async (components: object[]) =>
    checkComponents(await alloy({ '/api/v0/web/components': [200, JSON.stringify(components)] }), graph, 'f');

  test('are those of the file, and healthy', async () => {
    assert.deepEqual(await check(ids.map((id) => component(id))), []);
  });

  test('instances of modules count as one, as in Alloy; settings don’t count', async () => {
    const text =
      'declare "m" {\n  loki.echo "a" { }\n  loki.echo "b" { }\n}\nm "x" { }\nimport.git "g" {\n}\ng.m "y" { }\nlogging { }\n';
    const url = await alloy({
      '/api/v0/web/components': [200, JSON.stringify(['m.x', 'g.m.y'].map((id) => component(id)))],
    });
    assert.deepEqual(await checkComponents(url, buildGraph({ file: 'c.alloy', text }), 'f'), []);
  });

  test('from another configuration: can’t tell', async () => {
    for (const others of [ids.slice(1), [...ids, 'loki.write.x'], ['loki.write.x']]) {
      const [finding] = await check(others.map((id) => component(id)));
      assert.deepEqual([finding?.verdict, finding?.code], ['unknown', 'other-configuration']);
    }
  });

  test('an unhealthy one is reported, with its line and its message', async () => {
    const [finding] = await check([
      component(ids[0]!),
      component(ids[1]!, 'unhealthy', 'port in use'),
      component(ids[2]!),
    ]);
    assert.deepEqual([finding?.verdict, finding?.at?.line], ['failed', 5]);
    assert.match(explain(finding!), /prometheus\.relabel\.b is unhealthy: port in use/);
  });
});

describe('where data stops', () => {
  const requirement = {
    ...({ id: 'flow', type: 'flow' } as const),
    from: { kind: 'prometheus.scrape' },
    to: { kind: 'prometheus.remote_write' },
  };
  const counts = (scraped: number, processed: number, written: number, appended: number, sent: number) =>
    countsIn(
      [
        `prometheus_forwarded_samples_total{component_id="prometheus.scrape.a",component_path="/"} ${scraped}`,
        `prometheus_relabel_metrics_processed{component_id="prometheus.relabel.b"} ${processed}`,
        `prometheus_relabel_metrics_written{component_id="prometheus.relabel.b"} ${written}`,
        `prometheus_remote_write_wal_samples_appended_total{component_id="prometheus.remote_write.c"} ${appended}`,
        `prometheus_remote_storage_samples_total{component_id="prometheus.remote_write.c",url="http://x"} ${sent}`,
      ].join('\n'),
      graph,
    );
  const before = counts(10, 10, 10, 10, 10);

  const cases: [why: string, after: ReturnType<typeof counts>, code: string, line: number | undefined][] = [
    ['everything flows', counts(20, 20, 20, 20, 20), 'flows', 1],
    ['relabeling drops everything', counts(20, 20, 10, 10, 10), 'no-flow-here', 3],
    ['nothing reaches the last component', counts(20, 20, 20, 10, 10), 'no-flow-here', 6],
    ['nothing is sent', counts(20, 20, 20, 20, 10), 'no-flow-here', 6],
    ['nothing arrives: can’t tell', before, 'no-traffic', 1],
  ];
  for (const [why, after, code, line] of cases) {
    test(why, () => {
      const [finding] = checkFlow(graph, [requirement], before, after);
      assert.deepEqual([finding?.code, finding?.at?.line], [code, line]);
      assert.equal(finding?.verdict, { flows: 'passed', 'no-traffic': 'unknown' }[code] ?? 'failed');
    });
  }
});
