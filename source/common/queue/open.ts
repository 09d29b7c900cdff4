import type { DatabaseSettings, QueueSettings } from '../settings.ts';
import type { Telemetry } from '../telemetry/start.ts';
import type { Queue } from './queue.ts';

/** Opens the queue of the configured transport. Only that transport's library is loaded. */
export async function openQueue(settings: QueueSettings & DatabaseSettings, telemetry: Telemetry): Promise<Queue> {
  const hasBroker = settings.AMQP_URL !== undefined || settings.QUEUE_HOST !== undefined;
  const transport = settings.QUEUE_TRANSPORT ?? (hasBroker ? 'amqp' : 'postgres');
  if (transport === 'amqp') {
    const { openAmqpQueue } = await import('./amqp/queue.ts');
    return openAmqpQueue(settings, telemetry);
  }
  const { openPostgresQueue } = await import('./postgres/queue.ts');
  return openPostgresQueue(settings, telemetry);
}
