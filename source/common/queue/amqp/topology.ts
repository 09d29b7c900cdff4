import type { Channel } from 'amqplib';
import type { QueueSettings } from '../../settings.ts';
import { queueNames } from '../queue.ts';

/**
 * Declares three quorum queues: work; retry, where rejected messages wait for their TTL before the broker returns them;
 * and dead. The broker itself dead-letters messages between work and retry at least once
 * (https://www.rabbitmq.com/docs/quorum-queues#dead-lettering), so that none gets lost.
 */
export async function declareTopology(channel: Channel, settings: QueueSettings): Promise<void> {
  const names = queueNames(settings);
  const quorum = { 'x-queue-type': 'quorum' };
  const atLeastOnce = {
    'x-dead-letter-strategy': 'at-least-once',
    // Required for at-least-once dead-lettering: a full queue rejects messages instead of dropping them.
    'x-overflow': 'reject-publish',
    'x-dead-letter-exchange': '',
  };
  await channel.assertQueue(names.dead, { durable: true, arguments: quorum });
  await channel.assertQueue(names.retry, {
    durable: true,
    arguments: {
      ...quorum,
      ...atLeastOnce,
      'x-dead-letter-routing-key': names.work,
      'x-message-ttl': settings.QUEUE_RETRY_DELAY_MS,
    },
  });
  await channel.assertQueue(names.work, {
    durable: true,
    arguments: { ...quorum, ...atLeastOnce, 'x-dead-letter-routing-key': names.retry },
  });
}
