import { setTimeout as sleep } from 'node:timers/promises';
import type { Handler } from '@mythical/common/queue/queue';
import { storableText } from '@mythical/common/storable-text';
import {
  createTracedCounter,
  createTracedHistogram,
  METRIC_NAMES,
  RECORDING_DELAY_BUCKETS_S,
} from '@mythical/common/telemetry/metrics';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { findKind, type Kind } from '@mythical/common/vocabulary';
import { z } from 'zod';
import type { RecordRepository } from './record-repository.ts';

const messageId = storableText(255);

const messageBody = z.object({
  kind: z.string(),
  action: storableText(20),
  /** When it was published; optional, because other publishers may leave it out. */
  at: z.iso.datetime({ offset: true }).optional(),
});

/** Processing time of a message, in ms. */
const SLOW_MS = [500, 1500] as const;
const FAST_MS = [20, 50] as const;

export function createMessageHandler(
  records: Pick<RecordRepository, 'add'>,
  { identity, logger, metrics }: Telemetry,
  { workTime = workTimeOf }: { workTime?: (kind: Kind) => number } = {},
): Handler {
  const { vocabulary } = identity;
  const recorded = createTracedCounter(metrics, {
    name: METRIC_NAMES.messagesRecorded,
    help: 'Messages recorded, without redeliveries',
    labelNames: [vocabulary.tag as string],
  });
  const delay = createTracedHistogram(metrics, {
    name: METRIC_NAMES.recordingDelay,
    help: 'Time from publishing to recording a message, including retries, in seconds',
    labelNames: [vocabulary.tag as string],
    buckets: RECORDING_DELAY_BUCKETS_S,
  });

  return async ({ id, body, attempt }) => {
    const message = messageBody.parse(body);
    const kind = findKind(vocabulary, message.kind);
    if (kind === undefined) throw new Error(`unknown kind ${JSON.stringify(message.kind.slice(0, 50))}`);
    const record = { messageId: messageId.parse(id), kind: kind.name, action: message.action };
    await sleep(workTime(kind));
    const isNew = await records.add(record);
    if (isNew) {
      recorded.increment({ [vocabulary.tag]: kind.name });
      if (message.at !== undefined) delay.observe({ [vocabulary.tag]: kind.name }, secondsSince(message.at));
    }
    logger.info(isNew ? 'recorded' : 'already recorded', { endpoint: kind.name, action: message.action, attempt });
  };
}

/** Not negative, even if the publisher's clock is ahead. */
function secondsSince(time: string): number {
  return Math.max(0, Date.now() - Date.parse(time)) / 1000;
}

function workTimeOf(kind: Kind): number {
  const [min, max] = kind.slowToRecord ? SLOW_MS : FAST_MS;
  return min + Math.random() * (max - min);
}
