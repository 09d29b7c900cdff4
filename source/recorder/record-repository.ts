import { createTables, type Database } from '@mythical/common/database';
import { messageOf } from '@mythical/common/error-message';
import type { Telemetry } from '@mythical/common/telemetry/start';

/** The requester's actions, one row per message. */
export type RecordRepository = ReturnType<typeof createRecordRepository>;

export type ActionRecord = { messageId: string; kind: string; action: string };

export function createRecordRepository(database: Database) {
  return {
    create: () =>
      createTables(
        database,
        `create table if not exists records (
           message_id text primary key,
           kind text not null,
           action text not null,
           recorded_at timestamptz not null default now()
         );
         create index if not exists records_recorded_at on records (recorded_at)`,
      ),

    /** @returns false if the message has already been recorded */
    async add({ messageId, kind, action }: ActionRecord): Promise<boolean> {
      const { rowCount } = await database.query({
        name: 'add-record',
        text: 'insert into records (message_id, kind, action) values ($1, $2, $3) on conflict (message_id) do nothing',
        values: [messageId, kind, action],
      });
      return rowCount === 1;
    },

    async trim(olderThanHours: number): Promise<number> {
      const { rowCount } = await database.query(
        "delete from records where recorded_at < now() - $1 * interval '1 hour'",
        [olderThanHours],
      );
      return rowCount ?? 0;
    },
  };
}

const KEEP_HOURS = 24;
const TRIM_EVERY_MS = 10 * 60 * 1000;

/** Deletes old records regularly, so that the sandbox never fills the disk. */
export function startTrimming(
  records: Pick<RecordRepository, 'trim'>,
  { logger }: Pick<Telemetry, 'logger'>,
): Disposable {
  const timer = setInterval(async () => {
    try {
      await records.trim(KEEP_HOURS);
    } catch (error) {
      logger.warn(`failed to delete old records: ${messageOf(error)}`);
    }
  }, TRIM_EVERY_MS);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
