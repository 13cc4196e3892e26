// PostgreSQL behind Kysely: a pool that outlives lost connections, and errors that tell a lost server from a refused statement.
import { type DatabaseConnection, PostgresDialect, PostgresDriver } from 'kysely';
import pg from 'pg';
import { OutboxError, wordsOf } from '../message/errors.ts';

/** A server that does not answer: so long for a connection, for one statement, and for a transaction whose program is gone. */
const connectMs = 20_000;
const statementMs = 120_000;
const idleInTransactionMs = 60_000;

/** SQLSTATE 53100 disk_full, 53200 out_of_memory. */
const isFull = (code: string): boolean => code === '53100' || code === '53200';
/** 53300 too_many_connections, 25006: a standby after a failover, 08 and 57P: the line, or the server, is ending. */
const isOtherServer = (code: string): boolean =>
  code === '25006' || code === '53300' || code.startsWith('08') || code.startsWith('57P');

/**
 * What the driver threw, as a person should read it: OBX022 no space, OBX025 the server is not there (whether the
 * connection was lost or refused). A refusal of one statement (ERROR) stays what it is.
 */
function told(error: unknown): unknown {
  if (error instanceof OutboxError || error instanceof TypeError) return error;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  // 28 (who are you), 3D (no such database): a wrong address, and no use to wait.
  if (typeof code === 'string' && /^(28|3D)/.test(code)) return error;
  // Any other FATAL or PANIC ends the connection, whatever its code.
  if (severity === 'ERROR' && typeof code === 'string') {
    if (isFull(code)) return new OutboxError('OBX022', { detail: wordsOf(error) }, error);
    if (!isOtherServer(code)) return error;
  }
  return new OutboxError('OBX025', { detail: wordsOf(error) || String(code) }, error);
}

const rethrow = (error: unknown): never => {
  throw told(error);
};

class TellingDriver extends PostgresDriver {
  readonly #known = new WeakSet<DatabaseConnection>();

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection().catch(rethrow);
    if (this.#known.has(connection)) return connection;
    this.#known.add(connection);
    const execute = connection.executeQuery.bind(connection);
    connection.executeQuery = <R>(...[query, options]: Parameters<typeof execute>) =>
      execute<R>(query, options).catch(rethrow);
    return connection;
  }

  /** The first error tells more than that of a rollback on a dead line; the driver throws such a connection away. */
  override async rollbackTransaction(connection: Parameters<PostgresDriver['rollbackTransaction']>[0]): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => {});
  }
}

class TellingDialect extends PostgresDialect {
  readonly #pool: pg.Pool;
  constructor(pool: pg.Pool) {
    super({ pool });
    this.#pool = pool;
  }

  override createDriver(): TellingDriver {
    return new TellingDriver({ pool: this.#pool });
  }
}

/**
 * A connection that breaks between two statements says so by an event: without a listener it would end the process.
 * A program that is cut off in a transaction must not hold its rows: the server ends it after a while.
 */
async function prepare(client: pg.ClientBase): Promise<void> {
  client.on('error', () => {});
  await client.query(`set idle_in_transaction_session_timeout = ${idleInTransactionMs}`);
}

/** @param url postgres://user@host:port/name */
export function postgresDialect(url: string): PostgresDialect {
  // Times are bigint epoch ms, far below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    max: 8,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // The pool waits for it, though its types do not say so.
    // oxlint-disable-next-line typescript/no-misused-promises
    onConnect: prepare,
  });
  // An idle connection that the server closes is replaced at its next use.
  pool.on('error', () => {});
  return new TellingDialect(pool);
}
