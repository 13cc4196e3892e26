// Several workers on one PostgreSQL, each a process of its own: every message goes out once, whoever takes it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openStore } from '../../src/store/store.ts';
import { applySettings, newOutbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { startPostgres } from '../support/postgres.ts';
import { startScripted } from '../support/scripted-smtp.ts';

let postgres: Awaited<ReturnType<typeof startPostgres>> = null;
before(async () => {
  postgres = await startPostgres();
});
after(() => postgres?.stop());

test('three workers send 300 messages, each once', { timeout: 120_000 }, async (t) => {
  if (!postgres) return t.skip('PostgreSQL is not installed here');
  const database = { OUTBOX_DATABASE: await postgres.newDatabase() };
  const server = await startScripted(t, undefined, 2);
  const outbox = await newOutbox(t);
  const office = `{ kind: smtp, host: 127.0.0.1, port: ${server.port}, tls: none, limits: { connections: 3 } }`;
  await applySettings(
    outbox,
    settingsYaml(`  office: ${office}\n  faxes: { kind: driver, command: /bin/true }`),
    database,
  );
  const imported = await outbox.runWith(database, 'import', await writeManifest(outbox, 300));
  assert.equal(imported.code, 0, imported.stderr);
  const workers = await Promise.all([1, 2, 3].map(() => outbox.runWith(database, '--json', 'run', '--until-empty')));
  const shares = workers.map(({ code, stderr, json }) => {
    assert.equal(code, 0, stderr);
    return (json() as { released: number }).released;
  });
  assert.equal(
    shares.reduce((sum, share) => sum + share, 0),
    300,
  );
  const ids = server.contents.map((content) => /^Message-ID: (.*)\r$/m.exec(content)![1]);
  assert.deepEqual([ids.length, new Set(ids).size], [300, 300]);
  const store = await openStore(database.OUTBOX_DATABASE);
  t.after(() => store.close());
  assert.deepEqual(
    (await store.messages.counts(null)).map(({ status, count }) => [status, count]),
    [['released', 300]],
  );
  t.diagnostic(`shares: ${shares.join(', ')}`);
});
