// PostgreSQL behind Kysely.
import { PostgresDialect } from 'kysely';
import pg from 'pg';

/** @param url postgres://user@host:port/name */
export function postgresDialect(url: string): PostgresDialect {
  // Times are bigint epoch ms, far below 2^53.
  pg.types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  // An idle connection that the server closes is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => {});
  return new PostgresDialect({ pool });
}
