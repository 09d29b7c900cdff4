import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import { UserError } from '@mythical/common/lifecycle';
import { checkPorts, freePort, untilFree } from './ports.ts';
import type { PortUse } from './settings.ts';

describe('checking the ports', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  async function occupy(address: string): Promise<number> {
    const server = createServer().listen(0, address);
    servers.push(server);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  const use = (port: number, variable: PortUse['variable'] = 'LENS_PORT'): PortUse => ({
    variable,
    port,
    purpose: 'lens page',
  });

  const troubleOf = (uses: PortUse[]) =>
    checkPorts(uses).then(
      () => assert.fail('no trouble'),
      (error: unknown) => {
        assert.ok(error instanceof UserError);
        return error.message;
      },
    );

  test('accepts free ports', async () => {
    await checkPorts([use(await freePort()), use(await freePort())]);
  });

  test('picks free ports below the ephemeral range', { skip: process.platform !== 'linux' }, async () => {
    const [lowest] = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).split(/\s/);
    const ports = await Promise.all(Array.from({ length: 50 }, freePort));
    assert.equal(new Set(ports).size, ports.length);
    for (const port of ports) assert.ok(port < Number(lowest), `${port}`);
  });

  test('reports a port in use with its purpose, its variable and a free port', async () => {
    const port = await occupy('127.0.0.1');
    const message = await troubleOf([use(port)]);
    assert.ok(message.startsWith(`port ${port} (lens page) is in use`), message);
    const other = Number(/; choose another with LENS_PORT=(\d+) npm start$/.exec(message)?.[1]);
    await checkPorts([use(other)]);
  });

  test('on Linux, names the process', { skip: process.platform !== 'linux' }, async () => {
    const message = await troubleOf([use(await occupy('127.0.0.1'))]);
    assert.match(message, new RegExp(`is in use by node \\(process ${process.pid}\\);`));
  });

  for (const address of ['0.0.0.0', '::', '::1']) {
    test(`detects a server on ${address}`, async (t) => {
      const port = await occupy(address).catch(() => undefined);
      if (port === undefined) return t.skip('this machine has no IPv6');
      assert.match(await troubleOf([use(port)]), /is in use/);
    });
  }

  test('reports each port on its own line, with a different free port', async () => {
    const first = await occupy('127.0.0.1');
    const second = await occupy('127.0.0.1');
    const message = await troubleOf([use(first), use(second, 'MYTHICAL_SERVER_PORT')]);
    const [one, two] = message.split('\n');
    assert.match(one!, /LENS_PORT=\d+/);
    assert.match(two!, /MYTHICAL_SERVER_PORT=\d+/);
    assert.notEqual(/=(\d+)/.exec(one!)![1], /=(\d+)/.exec(two!)![1]);
  });

  test('waits for ports that are about to become free', async () => {
    const port = await occupy('127.0.0.1');
    const waiting = untilFree([use(port)]);
    servers.splice(0)[0]!.close();
    await waiting;
    await checkPorts([use(port)]);
  });
});
