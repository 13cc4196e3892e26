// The built-in SQLite behind Kysely: waits for other programs without blocking, and tells its troubles.
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import {
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely';
import { OutboxError } from '../message/errors.ts';
import { createPatience } from './patience.ts';
import { isBusy, toldOfSqlite } from './sqlite-errors.ts';
import type { Direct, DirectStatement } from './statements.ts';

/** Of 4 KB: the log grows to 16 MB. */
const logPages = 4_000;

/** While another program holds the write lock, SQLite sleeps so long in our thread; then we wait as Node waits. */
const busyMs = 250;
/** A large take-in, a backup, a database browser that somebody left open: then it is told. */
const defaultPatienceMs = 300_000;

/** A prepared statement of an insert with many rows takes up to 1 MB. */
const mostStatements = 300;

export class BuiltInSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;
  /** In the order of their last use. */
  readonly #statements = new Map<string, SqliteStatement>();

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { timeout: busyMs });
  }

  /** What a connection is set to. May find the database locked, and can be done again. */
  set(): void {
    this.#database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on');
    // Pages of the queue change many times: the longer the log, the fewer of them are written to the database too.
    this.#database.exec(`pragma wal_autocheckpoint = ${logPages}`);
  }

  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  get statements(): number {
    return this.#statements.size;
  }

  prepare(text: string): SqliteStatement {
    const statement = this.#statements.get(text) ?? this.#prepareNew(text);
    this.#statements.delete(text);
    this.#statements.set(text, statement);
    const [oldest] = this.#statements.keys();
    if (this.#statements.size > mostStatements) this.#statements.delete(oldest!);
    return statement;
  }

  #prepareNew(text: string): SqliteStatement {
    // A deferred BEGIN can not wait for a writer in another process; an immediate one can.
    const statement = this.#database.prepare(text === 'begin' ? 'begin immediate' : text);
    return {
      reader: statement.columns().length > 0,
      all: (values) => statement.all(...(values as SQLInputValue[])),
      run: (values) => statement.run(...(values as SQLInputValue[])),
      iterate: (values) => statement.iterate(...(values as SQLInputValue[])) as IterableIterator<unknown>,
    };
  }

  /** For a transaction that is open: its statements find no lock. */
  direct(text: string): DirectStatement {
    const statement = this.#database.prepare(text);
    const told = <T>(run: () => T): T => {
      try {
        return run();
      } catch (error) {
        throw toldOfSqlite(error);
      }
    };
    return {
      run: (values) => told(() => Number(statement.run(...(values as SQLInputValue[])).changes)),
      all: (values) => told(() => statement.all(...(values as SQLInputValue[]))),
    };
  }

  close(): void {
    this.#database.close();
  }
}

/** Tries again while the database is locked: nothing of it has happened. */
type Patiently = <T>(run: () => T | Promise<T>) => Promise<T>;

const patientlyFor = (database: BuiltInSqlite, patienceMs: number): Patiently => {
  const patience = createPatience(patienceMs);
  return async (run) => {
    for (;;) {
      try {
        const result = await run();
        patience.over();
        return result;
      } catch (error) {
        if (!isBusy(error) || database.isTransaction) throw toldOfSqlite(error);
        if (await patience.wait(error)) continue;
        patience.over();
        throw new OutboxError('OBX024', { seconds: Math.round(patienceMs / 1000) }, error);
      }
    }
  };
};

class PatientDriver extends SqliteDriver {
  readonly #database: BuiltInSqlite;
  readonly #patiently: Patiently;
  #connection: DatabaseConnection | null = null;

  constructor(database: BuiltInSqlite, patienceMs: number) {
    super({ database });
    this.#database = database;
    this.#patiently = patientlyFor(database, patienceMs);
  }

  override async init(): Promise<void> {
    await this.#patiently(() => this.#database.set());
    await super.init();
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    if (this.#connection) return this.#connection;
    const connection = await super.acquireConnection();
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = <R>(query: Parameters<typeof execute>[0]) => this.#patiently(() => execute<R>(query));
    return (this.#connection = connection);
  }

  /** A full or broken disk has rolled back already; saying so once more would hide the first error. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) await super.rollbackTransaction(connection);
  }
}

export interface Sqlite {
  dialect: Dialect;
  direct: Direct;
}

/**
 * @param path of the database file; it is made when it is not there
 * @param patienceMs how long a statement waits for the lock of another program (OBX024 then)
 */
export function openSqlite(path: string, patienceMs = defaultPatienceMs): Sqlite {
  const database = new BuiltInSqlite(path);
  return {
    dialect: {
      createDriver: () => new PatientDriver(database, patienceMs),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new SqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
    direct: { prepare: (text) => database.direct(text) },
  };
}
