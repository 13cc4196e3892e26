// Opens the database, whichever engine it is, and brings its tables up to date.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CamelCasePlugin, type Dialect, Kysely } from 'kysely';
import { OutboxError, wordsOf } from '../message/errors.ts';
import { freeSpace } from './files/room.ts';
import { migrate } from './migrations/migrate.ts';
import type { Database, Tables } from './schema.ts';
import type { Direct } from './statements.ts';

export type Engine = 'sqlite' | 'postgres';

export interface OpenDatabase {
  db: Database;
  engine: Engine;
  /** Of SQLite. */
  direct: Direct | null;
}

export const engineOf = (location: string): Engine => (/^postgres(ql)?:/.test(location) ? 'postgres' : 'sqlite');

async function connect(location: string, patienceMs?: number): Promise<{ dialect: Dialect; direct: Direct | null }> {
  if (engineOf(location) === 'postgres')
    return { dialect: (await import('./postgres.ts')).postgresDialect(location), direct: null };
  mkdirSync(dirname(location), { recursive: true });
  return (await import('./sqlite.ts')).openSqlite(location, patienceMs);
}

/** A password in the address of the database is nobody's business. */
const shown = (location: string): string => location.replace(/\/\/([^:@/]+):[^@/]*@/, '//$1:(secret)@');

/**
 * @param location path of a SQLite file, or postgres://…
 * @param patienceMs of SQLite, for the lock of another program
 * @throws OBX007 when it can not be opened, OBX025 when its server is not there, OBX024 when it stays
 *   locked, OBX022 when there is no space, OBX008 when a newer program made it
 */
export async function openDatabase(location: string, patienceMs?: number): Promise<OpenDatabase> {
  const engine = engineOf(location);
  let db: Database | null = null;
  try {
    const { dialect, direct } = await connect(location, patienceMs);
    db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
    await migrate(db, engine);
    return { db, engine, direct };
  } catch (error) {
    await db?.destroy().catch(() => {});
    const isUnusable = error instanceof OutboxError && error.code === 'OBX023';
    if (error instanceof OutboxError && !isUnusable) throw error;
    const detail = wordsOf(isUnusable ? error.cause : error);
    // SQLite says "disk I/O error" when it can not even make the files that it works with.
    if (engine === 'sqlite' && (await freeSpace(dirname(location))) === 0)
      throw new OutboxError('OBX022', { detail }, error);
    throw new OutboxError('OBX007', { database: shown(location), detail }, error);
  }
}
