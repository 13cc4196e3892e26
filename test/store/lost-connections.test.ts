// PostgreSQL goes away, in the middle of everything: the program lives on, and never says written of what is not, or the other way round.
import assert from 'node:assert/strict';
import { after, before, test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import type { OutboxError } from '../../src/message/errors.ts';
import { createCommitMarks } from '../../src/store/commit-mark.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createGroupCommit, OutcomeUnknown } from '../../src/store/group-commit.ts';
import type { Database } from '../../src/store/schema.ts';
import { startPostgres } from '../support/postgres.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';

let postgres: Awaited<ReturnType<typeof startPostgres>> = null;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres?.stop());

/** The same database twice: through the proxy, and straight. */
async function open(t: TestContext) {
  if (!postgres) {
    t.skip('PostgreSQL is not installed here');
    return null;
  }
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
  opened.proxy.mend();
  await assert.rejects(openDatabase(`${opened.proxy.url}_other`), { code: 'OBX007', message: /does not exist/ });
});

/** As many writes as make a group, each with a row of its own. */
const writesOf = (group: ReturnType<typeof createGroupCommit>, names: readonly string[]) =>
  Promise.allSettled(
    names.map((key) =>
      group.run(async (connection) => {
        await connection.insertInto('installation').values({ key, value: 'written' }).execute();
        return key;
      }),
    ),
  );

const names = ['one', 'two', 'three'];
const allWritten = names.map((value) => ({ status: 'fulfilled', value }));
const rowsOf = async (db: Database): Promise<string[]> =>
  (await db.selectFrom('installation').select('key').orderBy('key').execute()).map(({ key }) => key);

for (const cut of ['before', 'after'] as const) {
  test(`a COMMIT whose line breaks ${cut} it reached the server is found out: written once, and said so`, async (t) => {
    const opened = await open(t);
    if (!opened) return;
    const { db, straight, proxy } = opened;
    const group = createGroupCommit(db, { marks: createCommitMarks(db) });
    const isCut = proxy.cutCommit(cut, 'insert into "installation"');
    assert.deepEqual(await writesOf(group, names), allWritten);
    await isCut;
    assert.deepEqual(await rowsOf(straight), names.toSorted());
  });
}

test('a COMMIT that arrives late, when its program has long asked anew, is waited for', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  const { db, straight, proxy } = opened;
  const group = createGroupCommit(db, { marks: createCommitMarks(db) });
  const isCut = proxy.cutCommit('late', 'insert into "installation"');
  const results = writesOf(group, names);
  await isCut;
  // The new connection asks for the mark, and waits for the transaction that still holds it.
  const waits = sql<{ count: number }>`select count(*)::int as count from pg_locks where not granted`;
  while ((await waits.execute(straight)).rows[0]!.count === 0) await new Promise((resolve) => setImmediate(resolve));
  proxy.release();
  assert.deepEqual(await results, allWritten);
  assert.deepEqual(await rowsOf(straight), names.toSorted());
});

test('writes wait for a server that is away, and the worker is told meanwhile', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  const { db, straight, proxy } = opened;
  const told: unknown[] = [];
  const troubled = Promise.withResolvers<void>();
  const onTrouble = (trouble: unknown): void => {
    told.push((trouble as { code?: string } | null)?.code ?? null);
    troubled.resolve();
  };
  const group = createGroupCommit(db, { marks: createCommitMarks(db), onTrouble });
  proxy.breakDown();
  const results = writesOf(group, names);
  await troubled.promise;
  assert.deepEqual(told, ['OBX025']);
  proxy.mend();
  assert.deepEqual(await results, allWritten);
  assert.deepEqual(told, ['OBX025', null]);
  assert.deepEqual(await rowsOf(straight), names.toSorted());
});

test('a server that stays away: what was not asked is not written, what was is unknown', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  const { db, straight, proxy } = opened;
  const group = createGroupCommit(db, { marks: createCommitMarks(db), patienceMs: 60 });
  const isCut = proxy.cutCommit('after', 'insert into "installation"').then(() => proxy.breakDown());
  const codes = (results: PromiseSettledResult<string>[]) =>
    results.map((result) => (result.status === 'rejected' ? (result.reason as OutboxError).code : result.value));
  const unknown = await writesOf(group, names);
  await isCut;
  assert.deepEqual(codes(unknown), ['OBX027', 'OBX027', 'OBX027']);
  assert.ok(unknown[0]?.status === 'rejected' && unknown[0].reason instanceof OutcomeUnknown);
  assert.deepEqual(codes(await writesOf(group, ['four', 'five'])), ['OBX025', 'OBX025']);
  assert.deepEqual(await rowsOf(straight), names.toSorted());
});

test('without marks a lost answer is unknown at once, and nothing is tried again', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  const { db, straight, proxy } = opened;
  const isCut = proxy.cutCommit('after', 'insert into "installation"');
  const [result] = await writesOf(createGroupCommit(db), ['one']);
  await isCut;
  assert.ok(result?.status === 'rejected' && result.reason instanceof OutcomeUnknown);
  assert.deepEqual(await rowsOf(straight), ['one']);
});

test('a group that wrote nothing leaves no mark', async (t) => {
  const opened = await open(t);
  if (!opened) return;
  const { db, straight } = opened;
  const group = createGroupCommit(db, { marks: createCommitMarks(db) });
  await group.run((connection) => connection.selectFrom('message').selectAll().execute());
  assert.equal((await straight.selectFrom('commitMark').selectAll().execute()).length, 0);
});
