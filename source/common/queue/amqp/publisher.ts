import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfirmChannel } from 'amqplib';
import { messageOf } from '../../error-message.ts';
import { PUBLISH_TIMEOUT_MS, PublishError } from '../queue.ts';
import type { Channels } from './connection.ts';
import { withDeadline } from './deadline.ts';

export type Send = (queue: string, content: Buffer, properties: object) => Promise<void>;

/**
 * Sends messages and waits for the broker's confirm. If the connection breaks, sends again on the next one.
 *
 * @throws {PublishError} without a confirm after `PUBLISH_TIMEOUT_MS`
 */
export function createPublisher(nextChannels: () => Promise<Channels>): Send {
  return async (queue, content, properties) => {
    const deadline = Date.now() + PUBLISH_TIMEOUT_MS;
    let lastError = 'no connection';
    while (Date.now() < deadline) {
      const channels = await withDeadline(nextChannels(), deadline);
      if (channels === undefined) break;
      const result = await withDeadline(confirmedSend(channels.publisher, queue, content, properties), deadline);
      if (result === 'confirmed') return;
      lastError = result ?? 'no confirm from the broker in time';
      await sleep(50);
    }
    throw new PublishError(`not published within ${PUBLISH_TIMEOUT_MS} ms: ${lastError}`);
  };
}

/** Never rejects: a lost channel is an expected result, returned as the reason. */
function confirmedSend(channel: ConfirmChannel, queue: string, content: Buffer, properties: object): Promise<string> {
  return new Promise((resolve) => {
    try {
      channel.sendToQueue(queue, content, properties, (error) => {
        resolve(error ? String(error.message ?? error) : 'confirmed');
      });
    } catch (error) {
      resolve(messageOf(error));
    }
  });
}
