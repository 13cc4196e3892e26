// SQLite is locked, full or broken: waited for without blocking, and told as what it is, never as a bug.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test, type TestContext } from 'node:test';
import { sql } from 'kysely';
import { runCommandLine } from '../../src/cli/program.ts';
import { OutboxError } from '../../src/message/errors.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createGroupCommit } from '../../src/store/group-commit.ts';
import type { Database } from '../../src/store/schema.ts';
import { createSettings } from '../../src/store/settings.ts';
import { BuiltInSqlite } from '../../src/store/sqlite.ts';
import { createWorkers } from '../../src/store/workers.ts';
import { temporaryFolder } from '../support/temporary.ts';

async function open(t: TestContext, patienceMs?: number) {
  const path = join(await temporaryFolder(t), 'outbox.db');
  const { db } = await openDatabase(path, patienceMs);
  t.after(() => db.destroy());
  /** Another program that holds the write lock. */
  const lock = () => {
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    t.after(() => other.isOpen && other.close());
    return other;
  };
  return { db, path, lock };
}

/** Room for so many pages more. */
async function leavePages(db: Database, more: number): Promise<void> {
  const { rows } = await sql<{ pageCount: number }>`pragma page_count`.execute(db);
  await sql.raw(`pragma max_page_count = ${rows[0]!.pageCount + more}`).execute(db);
}

const relay = { section: 'transports', name: 'relay', value: { host: 'a' } };

test('while another program holds the lock, the event loop goes on, and the write comes after it', async (t) => {
  const { db, lock } = await open(t);
  const settings = createSettings(db);
  const other = lock();
  let isDone = false;
  const written = settings
    .replace([relay], 0, 'admin', (value) => value)
    .finally(() => {
      isDone = true;
    });
  // Each of these turns would take the whole wait if it blocked; ten of them see the write still waiting.
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(isDone, false);
  other.exec('rollback');
  await written;
  assert.deepEqual(await settings.all(), [relay]);
});

test('single statements wait for the lock too', async (t) => {
  const { db, lock } = await open(t);
  const other = lock();
  const begun = createWorkers(db, null).begin(0);
  await new Promise((resolve) => setTimeout(resolve, 1));
  other.exec('rollback');
  assert.ok((await begun).id);
});

test('a lock that stays is an error that says who may hold it', async (t) => {
  const { db, lock } = await open(t, 60);
  lock();
  const written = createSettings(db).replace([relay], 0, 'admin', (value) => value);
  await assert.rejects(written, { code: 'OBX024', kind: 'unready', hint: /browser|backup/ });
});

test('a full database is told as full, nothing is half written, and it goes on when there is space', async (t) => {
  const { db } = await open(t);
  const settings = createSettings(db);
  const large = Array.from({ length: 50 }, (_, at) => ({ ...relay, name: `r${at}`, value: 'x'.repeat(10_000) }));
  await leavePages(db, 5);
  await assert.rejects(
    settings.replace(large, 0, 'admin', (value) => value),
    { code: 'OBX022', kind: 'unready' },
  );
  assert.deepEqual(await settings.all(), []);
  await sql.raw('pragma max_page_count = 100000').execute(db);
  await settings.replace(large, 0, 'admin', (value) => value);
  assert.equal((await settings.all()).length, 50);
});

test('a group of writes waits for space, and then is written', async (t) => {
  const { db } = await open(t);
  await leavePages(db, 2);
  const told: unknown[] = [];
  const full = Promise.withResolvers<void>();
  const group = createGroupCommit(db, {
    onTrouble(trouble) {
      told.push(trouble instanceof OutboxError ? trouble.code : trouble);
      full.resolve();
    },
  });
  const written = group.run((connection) =>
    connection
      .insertInto('installation')
      .values({ key: 'k', value: 'x'.repeat(100_000) })
      .execute(),
  );
  await full.promise;
  await sql.raw('pragma max_page_count = 100000').execute(db);
  await written;
  assert.deepEqual(told, ['OBX022', null]);
});

test('a database that can not be written is no bug', async (t) => {
  const { db } = await open(t);
  await sql`pragma query_only = on`.execute(db);
  const written = createSettings(db).replace([relay], 0, 'admin', (value) => value);
  await assert.rejects(written, { code: 'OBX023', kind: 'unready' });
});

test('a file that is no database can not be opened, and is said so', async (t) => {
  const path = join(await temporaryFolder(t), 'outbox.db');
  await writeFile(path, 'This is a letter, not a database. '.repeat(100));
  await assert.rejects(openDatabase(path), { code: 'OBX007', message: /not a database/ });
});

test('the lock of the worker is free again when its line can not be written, at the beginning or at the end', async (t) => {
  const { db, path } = await open(t);
  const workers = createWorkers(db, `${path}.lock`);
  await sql`pragma query_only = on`.execute(db);
  await assert.rejects(workers.begin(0), { code: 'OBX023' });
  await sql`pragma query_only = off`.execute(db);
  const lock = await workers.begin(0);
  await sql`pragma query_only = on`.execute(db);
  await lock.release();
  await sql`pragma query_only = off`.execute(db);
  await (await workers.begin(0)).release();
});

test('a lock file that can not be used is not taken for another worker', async (t) => {
  const { db, path } = await open(t);
  await mkdir(`${path}.lock`);
  await assert.rejects(createWorkers(db, `${path}.lock`).begin(0), { code: 'OBX023' });
});

test('what ended the service is told with its next step, exit 3, also when a part of the program wrapped it', async (t) => {
  const said: string[] = [];
  t.mock.method(process.stderr, 'write', (text: string) => said.push(text) > 0);
  const trouble = new OutboxError('OBX022', { detail: 'database or disk is full' });
  const code = await runCommandLine(['status'], () => Promise.reject(new Error('It stopped.', { cause: trouble })));
  t.mock.restoreAll();
  assert.equal(code, 3);
  assert.match(said.join(''), /no space left.*\n→ Free some space/);
});

test('statements that are used no more are forgotten', async (t) => {
  const database = new BuiltInSqlite(join(await temporaryFolder(t), 'a.db'));
  t.after(() => database.close());
  const often = database.prepare('select 0');
  for (let number = 1; number <= 1000; number++) {
    database.prepare(`select ${number}`);
    assert.equal(database.prepare('select 0'), often);
  }
  assert.ok(database.statements <= 300, `${database.statements}`);
});
