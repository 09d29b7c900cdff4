import { createTables, type Database } from '@mythical/common/database';
import pg from 'pg';

export type Beast = { name: string };

/** The beasts in Postgres. A kind is always a query parameter, never part of the SQL. */
export type BeastRepository = ReturnType<typeof createBeastRepository>;

export class DuplicateBeastError extends Error {
  override readonly name = 'DuplicateBeastError';
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
const UNIQUE_VIOLATION = '23505';

const TABLE = `
  create table if not exists beasts (
    id bigint generated always as identity primary key,
    kind text not null,
    name text not null,
    created_at timestamptz not null default now(),
    unique (kind, name)
  )`;

export function createBeastRepository(database: Database) {
  async function insert(kind: string, name: string | null): Promise<void> {
    const text = 'insert into beasts (kind, name) values ($1, $2)';
    await database.query({ name: 'add-beast', text, values: [kind, name] });
  }

  return {
    create: () => createTables(database, TABLE),

    recreate: () => createTables(database, `drop table if exists beasts; ${TABLE}`),

    /** Up to `limit` beasts of the kind, sorted by name, starting after the name `after`. */
    async list(kind: string, { limit, after = '' }: { limit: number; after?: string | undefined }): Promise<Beast[]> {
      const { rows } = await database.query<Beast>({
        name: 'list-beasts',
        text: 'select name from beasts where kind = $1 and name > $2 order by name limit $3',
        values: [kind, after, limit],
      });
      return rows;
    },

    /** When the beast was added; undefined where there is none. */
    async find(kind: string, name: string): Promise<Date | undefined> {
      const { rows } = await database.query<{ created_at: Date }>({
        name: 'find-beast',
        text: 'select created_at from beasts where kind = $1 and name = $2',
        values: [kind, name],
      });
      return rows[0]?.created_at;
    },

    /** @throws {DuplicateBeastError} if the kind already has a beast of this name */
    async add(kind: string, name: string): Promise<void> {
      try {
        await insert(kind, name);
      } catch (error) {
        if (error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION) {
          throw new DuplicateBeastError(`a ${kind} with this name already exists`);
        }
        throw error;
      }
    },

    /** A deliberate fault: the name is NULL, so Postgres rejects the row. */
    addWithoutName: (kind: string): Promise<void> => insert(kind, null),

    async remove(kind: string, name: string): Promise<void> {
      await database.query({
        name: 'remove-beast',
        text: 'delete from beasts where kind = $1 and name = $2',
        values: [kind, name],
      });
    },

    /** Occupies a connection, like a slow query. */
    async sleep(milliseconds: number): Promise<void> {
      await database.query('select pg_sleep($1)', [milliseconds / 1000]);
    },
  };
}
