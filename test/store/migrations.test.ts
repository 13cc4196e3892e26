// A database of an older program keeps all that it holds, on both engines.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CamelCasePlugin, Kysely, sql } from 'kysely';
import { engineOf } from '../../src/store/database.ts';
import { first } from '../../src/store/migrations/0001-first.ts';
import { commitMark } from '../../src/store/migrations/0002-commit-mark.ts';
import { intake } from '../../src/store/migrations/0003-intake.ts';
import { owner } from '../../src/store/migrations/0004-owner.ts';
import { pace } from '../../src/store/migrations/0005-pace.ts';
import { postgresDialect } from '../../src/store/postgres.ts';
import type { Database, Tables } from '../../src/store/schema.ts';
import { openSqlite } from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { engines } from '../support/engines.ts';

const locations = engines();

const at = 1_790_000_000_000;

/** As a program of 2026-11-24 left it: one message with two attempts, three lines of its history, two documents and keys. */
const rows = [
  `insert into document values ('d1', null, 'ACME', 'invoice', '1', '', null, null, 'C1', 'One', null, null, null, null, null,
     'a.pdf', 'aa', 10, 'application/pdf', 1, null, null, ${at})`,
  `insert into document values ('d2', null, 'ACME', 'invoice', '2', '', null, null, 'C1', 'One', null, null, null, null, null,
     'b.pdf', 'bb', 10, 'application/pdf', 1, null, null, ${at})`,
  `insert into message values ('m1', null, 'ACME', 'C1', 'invoice', 'email', 'office', 'a@abf.example', 'to', 'queued', null, null,
     null, null, 10, ${at}, 1, 2, 0, null, null, 'Invoice 1', 'x@acme.example', 'x', '[]', null, null, ${at},
     ${at}, null, null)`,
  `insert into message_content values ('m1', null, '{}')`,
  `insert into message_document values ('m1', 'd2', 1), ('m1', 'd1', 0)`,
  `insert into message_key values ('k1', 'm1', 'aa'), ('k2', 'm1', 'bb')`,
  `insert into attempt values ('a1', 'm1', 1, 'office', 'w1', 'committing', 1, 2, 'refused', null, 'S: 450 later'),
     ('a2', 'm1', 2, 'office', 'w1', 'preparing', 3, 4, 'put-back', null, '')`,
  `insert into event values ('e1', 'message', 'm1', 1, 'queue', 'import', 'Taken in.', null, null),
     ('e2', 'message', 'm1', 2, 'put-back', 'worker', 'Later.', '{"a":1}', 'report 1'),
     ('e3', 'setting', 'office', 2, 'changed', 'admin', 'Changed.', null, null)`,
];

async function openOld(location: string): Promise<Database> {
  const dialect = engineOf(location) === 'postgres' ? postgresDialect(location) : openSqlite(location).dialect;
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  await sql`create table migration (number integer primary key, name text not null, at bigint not null)`.execute(db);
  for (const migration of [first, commitMark, intake, owner, pace]) {
    await db.transaction().execute((connection) => migration.up(connection, engineOf(location)));
    await sql`insert into migration values (${migration.number}, ${migration.name}, 0)`.execute(db);
  }
  return db;
}

for (const [engine, locate] of Object.entries(locations)) {
  test(`on ${engine} a database of the version before is brought up to date, and loses nothing`, async (t) => {
    const location = await locate(t);
    if (location === null) return;
    const old = await openOld(location);
    for (const row of rows) await sql.raw(row).execute(old);
    await old.destroy();
    const store = await openStore(location);
    t.after(() => store.close());
    assert.deepEqual(
      (await store.messages.attemptsOf('m1')).map(({ number, result, transcript }) => [number, result, transcript]),
      [
        [1, 'refused', 'S: 450 later'],
        [2, 'put-back', ''],
      ],
    );
    const lines = await store.events.of('message', 'm1');
    assert.deepEqual(
      lines.map(({ what, evidence }) => [what, evidence]),
      [
        ['queue', null],
        ['put-back', { a: 1 }],
      ],
    );
    assert.equal((await store.events.of('setting', 'office')).length, 1);
    const documents = (await store.messages.documentsOf(['m1'])).get('m1')!;
    assert.deepEqual(
      documents.map(({ id }) => id),
      ['d1', 'd2'],
    );
    assert.deepEqual([...(await store.takeIn.known(['k1', 'k2', 'k3'])).keys()].toSorted(), ['k1', 'k2']);
    // The same evidence is still written once only.
    const again = { subject: 'message', subjectId: 'm1', at: 5, what: 'bounce', by: 'report', text: 'Back.' } as const;
    await store.events.append({ ...again, evidence: { a: 1 }, evidenceKey: 'report 1' });
    await store.events.append({ ...again, evidence: { a: 2 }, evidenceKey: 'report 2' });
    assert.equal((await store.events.of('message', 'm1')).length, 3);
  });
}
