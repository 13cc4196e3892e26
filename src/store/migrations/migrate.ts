// Brings the tables up to date: every numbered migration once, in order, in one transaction each.
import { sql } from 'kysely';
import { OutboxError } from '../../message/errors.ts';
import type { Engine } from '../database.ts';
import type { Connection, Database } from '../schema.ts';
import { first } from './0001-first.ts';
import { commitMark } from './0002-commit-mark.ts';
import { intake } from './0003-intake.ts';
import { owner } from './0004-owner.ts';
import { pace } from './0005-pace.ts';
import { lean } from './0006-lean.ts';
import { accounts } from './0007-accounts.ts';

export interface Migration {
  number: number;
  name: string;
  up(db: Connection, engine: Engine): Promise<void>;
}

/** Append only: what has run somewhere is never changed again. */
const migrations: readonly Migration[] = [first, commitMark, intake, owner, pace, lean, accounts];

/** Two processes that start at once must not both migrate: SQLite's BEGIN IMMEDIATE keeps them apart, PostgreSQL needs a lock. */
const alone = (db: Database, engine: Engine, run: (connection: Connection) => Promise<void>): Promise<void> =>
  db.transaction().execute(async (connection) => {
    if (engine === 'postgres') await sql`select pg_advisory_xact_lock(827361)`.execute(connection);
    await run(connection);
  });

/** "if not exists" looks and then makes: on PostgreSQL two that do so at once collide. */
async function makeList(db: Database, engine: Engine): Promise<void> {
  const make = sql`create table if not exists migration (number integer primary key, name text not null, at bigint not null)`;
  if (engine === 'sqlite') return void (await make.execute(db));
  const found = await sql<{ name: string | null }>`select to_regclass('migration')::text as name`.execute(db);
  if (found.rows[0]?.name != null) return;
  await alone(db, engine, async (connection) => void (await make.execute(connection)));
}

async function appliedIn(db: Database): Promise<Set<number>> {
  const found = await sql<{ number: number }>`select number from migration`.execute(db);
  return new Set(found.rows.map(({ number }) => number));
}

const apply = (db: Database, engine: Engine, migration: Migration): Promise<void> =>
  alone(db, engine, async (connection) => {
    const done = await sql`select 1 from migration where number = ${migration.number}`.execute(connection);
    if (done.rows.length > 0) return;
    await migration.up(connection, engine);
    await sql`insert into migration (number, name, at) values (${migration.number}, ${migration.name}, ${Date.now()})`.execute(
      connection,
    );
  });

/** @throws OBX008 when the database knows more migrations than this program */
export async function migrate(db: Database, engine: Engine): Promise<void> {
  await makeList(db, engine);
  const applied = await appliedIn(db);
  const found = Math.max(0, ...applied);
  const known = migrations.at(-1)?.number ?? 0;
  if (found > known) throw new OutboxError('OBX008', { found, known });
  for (const migration of migrations) if (!applied.has(migration.number)) await apply(db, engine, migration);
}
