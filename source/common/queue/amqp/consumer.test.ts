import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConsumeMessage } from 'amqplib';
import { parseDelivery } from './consumer.ts';

function message(content: string, properties: object): ConsumeMessage {
  return { content: Buffer.from(content), properties } as ConsumeMessage;
}

test('a message without an id is invalid: the recorder deduplicates by id', () => {
  assert.deepEqual(parseDelivery(message('{"a":1}', { messageId: 'x' }), 'work'), {
    id: 'x',
    body: { a: 1 },
    attempt: 1,
  });
  for (const [content, properties] of [
    ['{"a":1}', {}],
    ['{"a":1}', { messageId: '' }],
    ['{"a":1}', { messageId: undefined }],
    ['[]', { messageId: 'x' }],
    ['null', { messageId: 'x' }],
    ['{', { messageId: 'x' }],
  ] as const) {
    assert.equal(parseDelivery(message(content, properties), 'work'), undefined, content);
  }
});
