import assert from 'node:assert/strict';
import { test } from 'node:test';
import { splitCredentials } from './url-credentials.ts';

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });

for (const [url, plain, headers] of [
  ['http://h:1/m?a=b', 'http://h:1/m?a=b', {}],
  ['http://user:secret@h:1/m', 'http://h:1/m', basic('user:secret')],
  ['https://user@h/', 'https://h/', basic('user:')],
  ['https://:secret@h/', 'https://h/', basic(':secret')],
  ['http://a%40b:p%3A%2F%C3%A9%zz@h/', 'http://h/', basic('a@b:p:/é%zz')],
] as const) {
  test(`${url} without its credentials is ${plain}`, () => {
    assert.deepEqual(splitCredentials(url), { url: plain, headers });
  });
}
