import { setTimeout as sleep } from 'node:timers/promises';
import { context, propagation, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type PgBoss from 'pg-boss';
import { messageOf } from '../../error-message.ts';
import type { Telemetry } from '../../telemetry/start.ts';
import { createPublishCounter } from '../metrics.ts';
import { PUBLISH_TIMEOUT_MS, PublishError, type Queue } from '../queue.ts';
import { type Stored, spanAttributes, untraced } from './stored.ts';

export function createPublisher(
  boss: PgBoss,
  queue: string,
  tracer: Tracer,
  { metrics }: Pick<Telemetry, 'metrics'>,
): Queue['publish'] {
  const published = createPublishCounter(metrics);

  /** The id is the job's key, so that retrying after a lost response doesn't duplicate the message. */
  async function send(id: string, stored: Stored): Promise<void> {
    const deadline = Date.now() + PUBLISH_TIMEOUT_MS;
    for (;;) {
      try {
        await boss.send(queue, stored, { id });
        return;
      } catch (error) {
        const reason = messageOf(error);
        if (Date.now() > deadline) throw new PublishError(`not published within ${PUBLISH_TIMEOUT_MS} ms: ${reason}`);
        await sleep(200);
      }
    }
  }

  return ({ id, body }) =>
    tracer.startActiveSpan(
      `send ${queue}`,
      { kind: SpanKind.PRODUCER, attributes: spanAttributes(queue, 'send', id) },
      async (span) => {
        try {
          const headers: Record<string, string> = {};
          propagation.inject(context.active(), headers);
          await untraced(() => send(id, { body, headers }));
          published.inc({ outcome: 'confirmed' });
        } catch (error) {
          published.inc({ outcome: 'failed' });
          span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
          throw error;
        } finally {
          span.end();
        }
      },
    );
}
