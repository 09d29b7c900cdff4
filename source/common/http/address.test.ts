import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isHost, localUrl } from './address.ts';

describe('addresses', () => {
  for (const [listenAddress, url] of [
    ['127.0.0.1', 'http://127.0.0.1:80'],
    ['0.0.0.0', 'http://127.0.0.1:80'],
    ['::', 'http://[::1]:80'],
    ['0:0:0:0:0:0:0:0', 'http://[::1]:80'],
    ['::1', 'http://[::1]:80'],
    ['2001:db8::1', 'http://[2001:db8::1]:80'],
    ['localhost', 'http://localhost:80'],
  ] as const) {
    test(`a server that listens on ${listenAddress} is at ${url}`, () =>
      assert.equal(localUrl(listenAddress, 80), url));
  }

  test('a host is a name or an IP address', () => {
    for (const host of ['localhost', 'a.example', 'my_host', '127.0.0.1', '::1']) assert.ok(isHost(host), host);
    for (const text of ['http://a', 'a:80', '[::1]', 'a/b', 'fe80::1%eth0', 'a b', '']) assert.ok(!isHost(text), text);
  });
});
