// Brings the tables up to date: every numbered migration once, in order, in one transaction each.
import { sql } from 'kysely';
import { OutboxError } from '../../message/errors.ts';
import type { Engine } from '../database.ts';
import type { Connection, Database } from '../schema.ts';
import { first } from './0001-first.ts';
import { owner } from './0004-owner.ts';
import { pace } from './0005-pace.ts';

export interface Migration {
  number: number;
  name: string;
  up(db: Connection): Promise<void>;
}

/** Append only: what has run somewhere is never changed again. */
const migrations: readonly Migration[] = [first, owner, pace];

async function appliedIn(db: Database): Promise<number> {
  await sql`create table if not exists migration (number integer primary key, name text not null, at bigint not null)`.execute(
    db,
  );
  const found = await sql<{ number: number | null }>`select max(number) as number from migration`.execute(db);
  return found.rows[0]?.number ?? 0;
}

/** Two processes that start at once must not both migrate: SQLite's BEGIN IMMEDIATE keeps them apart, PostgreSQL needs a lock. */
async function apply(db: Database, engine: Engine, migration: Migration): Promise<void> {
  await db.transaction().execute(async (connection) => {
    if (engine === 'postgres') await sql`select pg_advisory_xact_lock(827361)`.execute(connection);
    const done = await sql`select 1 from migration where number = ${migration.number}`.execute(connection);
    if (done.rows.length > 0) return;
    await migration.up(connection);
    await sql`insert into migration (number, name, at) values (${migration.number}, ${migration.name}, ${Date.now()})`.execute(
      connection,
    );
  });
}

/** @throws OBX008 when the database knows more migrations than this program */
export async function migrate(db: Database, engine: Engine): Promise<void> {
  const found = await appliedIn(db);
  const known = migrations.at(-1)?.number ?? 0;
  if (found > known) throw new OutboxError('OBX008', { found, known });
  for (const migration of migrations) if (migration.number > found) await apply(db, engine, migration);
}
