// Who works: a line per worker process, and on SQLite the lock that lets only one of them send.
import { DatabaseSync } from 'node:sqlite';
import { hostname } from 'node:os';
import { OutboxError } from '../message/errors.ts';
import { newId } from './id.ts';
import type { Database } from './schema.ts';
import { isBusy, toldOfSqlite } from './sqlite-errors.ts';

export interface WorkerLock {
  id: string;
  /** Never fails. */
  release(): Promise<void>;
}

/**
 * The operating system frees the lock with the process, however it ends; a file with a process number would outlive it.
 * SQLite's own lock on a file beside the database is the only such lock that Node has on every system.
 */
function lockFile(path: string): DatabaseSync | null {
  let lock: DatabaseSync | null = null;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec('pragma journal_mode = delete; begin exclusive');
    return lock;
  } catch (error) {
    lock?.close();
    if (isBusy(error)) return null;
    throw toldOfSqlite(error);
  }
}

const ownerOf = (db: Database) =>
  db.selectFrom('worker').selectAll().where('endedAt', 'is', null).orderBy('startedAt', 'desc').executeTakeFirst();

/** @param lockPath of the lock file; null on PostgreSQL, where any number may work */
export const createWorkers = (db: Database, lockPath: string | null) => ({
  /** @throws OBX006 when another worker has the data folder; what the database can not do now */
  async begin(now: number): Promise<WorkerLock> {
    const lock = lockPath === null ? null : lockFile(lockPath);
    if (lockPath !== null && lock === null) {
      const owner = await ownerOf(db);
      const since = owner ? new Date(owner.startedAt).toISOString() : 'a moment ago';
      throw new OutboxError('OBX006', { pid: owner?.pid ?? 'unknown', since });
    }
    const id = newId(now);
    const end = (at: number) => db.updateTable('worker').set({ endedAt: at }).where('endedAt', 'is', null);
    try {
      if (lock) await end(now).execute();
      await db
        .insertInto('worker')
        .values({ id, pid: process.pid, host: hostname(), startedAt: now, seenAt: now, endedAt: null })
        .execute();
    } catch (error) {
      lock?.close();
      throw error;
    }
    return {
      id,
      async release() {
        // Its line is of no weight (the next worker ends it too): what ended the work must not be hidden by it.
        await end(Date.now())
          .where('id', '=', id)
          .execute()
          .catch(() => {});
        lock?.close();
      },
    };
  },
});
