// The mark of the installation in the database: its id, where the database lay, and how often a worker has started.
import { hostname } from 'node:os';
import { sql } from 'kysely';
import { type DatabaseMark, databasePlace } from '../message/installation.ts';
import type { Engine } from './database.ts';
import { newId } from './id.ts';
import type { Database } from './schema.ts';

/** A copy of the whole database server keeps the number of its system; a dump does not. Not every role may ask for it. */
async function systemOf(db: Database): Promise<string | null> {
  try {
    const found = await sql<{ id: string }>`select system_identifier::text as id from pg_control_system()`.execute(db);
    return found.rows[0]?.id ?? null;
  } catch {
    return null;
  }
}

async function placeOf(db: Database, engine: Engine): Promise<string> {
  if (engine === 'sqlite') return databasePlace(null, 'file');
  const found = await sql<{
    oid: string;
  }>`select oid::text as oid from pg_database where datname = current_database()`.execute(db);
  return databasePlace(await systemOf(db), found.rows[0]?.oid ?? '');
}

export const createInstallation = (db: Database, engine: Engine) => {
  const put = async (key: string, value: string): Promise<void> => {
    await db
      .insertInto('installation')
      .values({ key, value })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
      .execute();
  };

  const read = async (): Promise<DatabaseMark | null> => {
    const rows = await db.selectFrom('installation').selectAll().execute();
    const mark = new Map(rows.map(({ key, value }) => [key, value]));
    const made = mark.get('made');
    if (made === undefined) return null;
    return {
      ...(JSON.parse(made) as Pick<DatabaseMark, 'id' | 'madeAt' | 'madeOn'>),
      database: mark.get('database') ?? '',
      starts: Number(mark.get('starts') ?? 0),
    };
  };

  return {
    read,
    place: (): Promise<string> => placeOf(db, engine),

    /** Marks a database that has no mark. Where two do it at once, the first stays. @returns whether it was we */
    async make(now: number): Promise<boolean> {
      const value = JSON.stringify({ id: newId(now), madeAt: now, madeOn: hostname() });
      await put('database', await placeOf(db, engine));
      const result = await db
        .insertInto('installation')
        .values({ key: 'made', value })
        .onConflict((conflict) => conflict.column('key').doNothing())
        .executeTakeFirst();
      return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
    },

    /** A worker starts. @returns the starts with this one */
    async start(): Promise<number> {
      await db
        .insertInto('installation')
        .values({ key: 'starts', value: '1' })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({ value: sql`cast(cast(installation.value as integer) + 1 as text)` }),
        )
        .execute();
      return (await read())?.starts ?? 0;
    },

    /** A whole copy of the database while it is used, as a file that does not exist yet. SQLite only. */
    async copyTo(path: string): Promise<void> {
      await sql`vacuum into ${path}`.execute(db);
    },

    /** The database is at home where it lies now, and has seen as many starts as its folder. */
    async adopt(starts: number): Promise<void> {
      await put('database', await placeOf(db, engine));
      await put('starts', String(starts));
    },
  };
};
