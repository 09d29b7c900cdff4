import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@mythical/common/error-message';
import { openQueue } from '@mythical/common/queue/open';
import type { Queue } from '@mythical/common/queue/queue';
import { withKind } from '@mythical/common/telemetry/baggage';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Fault, FaultContext } from './fault.ts';

const MESSAGES_PER_SECOND = 50;

/**
 * Publishes messages faster than the recorder can handle them, all of a kind that is slow to record. The server doesn't
 * otherwise use the queue, so it connects only when the flood starts.
 */
export function queueBacklog({ settings, telemetry }: FaultContext): Fault {
  const { identity, logger } = telemetry;
  const slowKind = identity.vocabulary.kinds.find((kind) => kind.slowToRecord)!;
  let queue: Promise<Queue> | undefined;
  let flood: { stopped: boolean; done: Promise<void> } | undefined;

  async function run(isStopped: () => boolean): Promise<void> {
    while (!isStopped()) {
      try {
        queue ??= openQueue(settings, telemetry);
        const { publish } = await queue;
        await Promise.all(Array.from({ length: MESSAGES_PER_SECOND / 5 }, () => publish(createMessage())));
        await sleep(200);
      } catch (error) {
        queue = undefined;
        logger.warn(`queue-backlog: ${messageOf(error)}`);
        await sleep(1000);
      }
    }
  }

  function createMessage() {
    return {
      id: randomUUID(),
      body: { kind: slowKind.name, action: 'FLOOD', at: new Date().toISOString() },
    };
  }

  return {
    start() {
      if (flood !== undefined && !flood.stopped) return;
      const state = { stopped: false, done: Promise.resolve() };
      // Not in the context of the request that started the scenario: all messages would join its trace.
      const ownContext = withKind(identity.vocabulary, slowKind.name, ROOT_CONTEXT);
      state.done = context.with(ownContext, run, undefined, () => state.stopped);
      flood = state;
    },
    stop() {
      if (flood !== undefined) flood.stopped = true;
    },
    async [Symbol.asyncDispose]() {
      if (flood !== undefined) flood.stopped = true;
      await flood?.done;
      const opened = await queue?.catch(() => undefined);
      await opened?.[Symbol.asyncDispose]();
    },
  };
}
