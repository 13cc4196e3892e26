// The built-in SQLite behind Kysely: the few members of a driver that Kysely calls.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';

/** Of 4 KB: the log grows to 16 MB. */
const logPages = 4_000;

/** Another process may hold the write lock for the length of one large take-in. */
const busyMs = 30_000;

class BuiltInSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: busyMs });
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    // Pages of the queue change many times: the longer the log, the fewer of them are written to the database too.
    this.#database.exec(`pragma wal_autocheckpoint = ${logPages}`);
  }

  prepare(text: string): SqliteStatement {
    const known = this.#statements.get(text);
    if (known) return known;
    // A deferred BEGIN can not wait for a writer in another process; an immediate one can.
    const statement = this.#database.prepare(text === 'begin' ? 'begin immediate' : text);
    const made: SqliteStatement = {
      reader: statement.columns().length > 0,
      all: (values) => statement.all(...(values as SQLInputValue[])),
      run: (values) => statement.run(...(values as SQLInputValue[])),
      iterate: (values) => statement.iterate(...(values as SQLInputValue[])) as IterableIterator<unknown>,
    };
    this.#statements.set(text, made);
    return made;
  }

  close(): void {
    this.#database.close();
  }
}

/** @param path of the database file; it is made when it is not there */
export const sqliteDialect = (path: string): SqliteDialect =>
  new SqliteDialect({ database: () => Promise.resolve(new BuiltInSqlite(path)) });
