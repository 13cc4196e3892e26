// PostgreSQL goes away, in the middle of everything: the program lives on, and never says written of what is not, or the other way round.
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { openDatabase } from '../../src/store/database.ts';
import { startPostgres } from '../support/postgres.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';

let postgres: Awaited<ReturnType<typeof startPostgres>> = null;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres?.stop());

/** The same database twice: through the proxy, and straight. */
async function open(t: TestContext) {
  if (!postgres) return void t.skip('PostgreSQL is not installed here');
  const url = await postgres.newDatabase();
  const proxy = await startPostgresProxy(t, url);
  const { db } = await openDatabase(proxy.url);
  const { db: straight } = await openDatabase(url);
  t.after(async () => {
    await db.destroy();
    await straight.destroy();
  });
  return { db, straight, proxy };
}

test('a connection that breaks in the middle of a transaction does not end the process', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  const { db, straight } = opened;
  const broken = db.transaction().execute(async (connection) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(connection);
    await sql`select pg_terminate_backend(${rows[0]!.pid}, 10000)`.execute(straight);
    // Between two statements: the driver says it by an event, to whoever listens.
    await new Promise((resolve) => setImmediate(resolve));
    await sql`select 1`.execute(connection);
  });
  await assert.rejects(broken, { code: 'OBX025' });
  assert.equal((await sql<{ one: number }>`select 1 as one`.execute(db)).rows[0]?.one, 1);
});

test('a server that is not there is an error with a next step', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  opened.proxy.breakDown();
  await assert.rejects(sql`select 1`.execute(opened.db), { code: 'OBX025', kind: 'unready' });
  await assert.rejects(openDatabase(opened.proxy.url), { code: 'OBX025' });
});
