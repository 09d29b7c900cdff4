import { type Channel, type ChannelModel, type ConfirmChannel, connect, type Options } from 'amqplib';
import { UserError } from '../../lifecycle.ts';
import type { QueueSettings } from '../../settings.ts';
import type { Telemetry } from '../../telemetry/start.ts';
import { queueNames } from '../queue.ts';
import { bestEffort } from './deadline.ts';
import { declareTopology } from './topology.ts';

/** Separate channels, so that a slow consumer doesn't delay publisher confirms. */
export type Channels = { publisher: ConfirmChannel; consumer: Channel };

export type Connection = {
  /** The channels of the current connection; undefined while disconnected. */
  channels(): Channels | undefined;
  /** Resolves with the channels of the current or next connection. */
  nextChannels(): Promise<Channels>;
  close(): Promise<void>;
};

/**
 * Connects to RabbitMQ and keeps reconnecting.
 *
 * @param onOpen runs after every connect, because channels don't survive their connection @throws {UserError} if the
 * broker refuses the credentials or the queue's arguments, since retrying can't help
 */
export async function connectToBroker(
  settings: QueueSettings,
  { identity, logger }: Pick<Telemetry, 'identity' | 'logger'>,
  onOpen: (channels: Channels) => Promise<void>,
): Promise<Connection> {
  let next = Promise.withResolvers<Channels>();
  let current: Channels | undefined;
  /** Only matters until the first connection. */
  const refused = Promise.withResolvers<never>();
  refused.promise.catch(() => {});

  async function openChannels(model: ChannelModel): Promise<void> {
    const publisher = await model.createConfirmChannel();
    const consumer = await model.createChannel();
    // If the broker closes a channel (when it moves a queue, for example), close the connection too, so that amqplib
    // reopens both. Without a listener, the error would end the process.
    for (const channel of [publisher, consumer]) {
      channel.on('error', (error) => {
        logger.warn(`queue channel closed by the broker: ${error.message}`);
        model.close().catch(() => {});
      });
    }
    await declareTopology(publisher, settings).catch((error: Error) => {
      if (error.message.includes('PRECONDITION_FAILED')) {
        refused.reject(new UserError(`the broker refuses the queue ${queueNames(settings).work}: ${error.message}`));
      }
      throw error;
    });
    await consumer.prefetch(settings.QUEUE_PREFETCH);
    current = { publisher, consumer };
    next.resolve(current);
    await onOpen(current);
  }

  const connection = await connect(brokerOf(settings), {
    clientProperties: { connection_name: identity.serviceName },
    recovery: { initialDelay: 200, maxDelay: 5_000, waitForConnect: false, setup: openChannels },
  });
  connection.on('disconnect', (error) => {
    if (current !== undefined) next = Promise.withResolvers<Channels>();
    current = undefined;
    logger.warn(`queue connection lost: ${error?.message ?? 'closed'}`);
  });
  connection.on('connect-failed', (error) => {
    if (error.message.includes('ACCESS_REFUSED'))
      refused.reject(new UserError(`the broker refused the connection: ${error.message}`));
    logger.warn(`queue not reachable: ${error.message}`);
  });
  connection.on('error', () => {}); // `disconnect` reports it.
  try {
    await Promise.race([connection.waitForConnect(), refused.promise]);
  } catch (error) {
    await bestEffort(connection.close());
    throw error;
  }

  return {
    channels: () => current,
    nextChannels: () => next.promise,
    async close() {
      const closing = current;
      current = undefined;
      // Acknowledgements have no response, but closing the channel waits for the broker to process them.
      if (closing !== undefined) await bestEffort(closing.consumer.close());
      await bestEffort(connection.close());
    },
  };
}

/** Not a URL, in which some characters of a password would have to be escaped. */
function brokerOf(settings: QueueSettings): string | Options.Connect {
  const { AMQP_URL, QUEUE_HOST = 'localhost', QUEUE_PORT, QUEUE_USER, QUEUE_PASSWORD } = settings;
  return AMQP_URL ?? { hostname: QUEUE_HOST, port: QUEUE_PORT, username: QUEUE_USER, password: QUEUE_PASSWORD };
}
