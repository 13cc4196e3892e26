// Backup, restore, copies: nothing is lost, and no copy sends what the original sends too.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { freePort } from '../support/daemon.ts';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { startPostgres } from '../support/postgres.ts';
import { type ScriptedServer, startScripted } from '../support/scripted-smtp.ts';

interface World {
  outbox: Outbox;
  server: ScriptedServer;
}

async function company(t: TestContext, env: Record<string, string> = {}): Promise<World> {
  const server = await startScripted(t);
  const outbox = await newOutbox(t);
  const at = `host: 127.0.0.1, port: ${server.port}, tls: none`;
  const transports = `  office: { kind: smtp, ${at} }\n  faxes: { kind: smtp, ${at}, address: "{{ fax.digits }}@efax.example" }`;
  await applySettings(outbox, settingsYaml(transports), env);
  return { outbox, server };
}

/** Commands on another data folder. */
const on = (outbox: Outbox, data: string, ...args: string[]) => outbox.run('--data', data, ...args);

suite('outbox backup and restore', () => {
  test('a backup taken while the service works is a tar, and restores to the same messages and bytes', async (t) => {
    const { outbox, server } = await company(t);
    await outbox.run('import', await writeManifest(outbox, 6));
    const service = outbox.start(['start', '--port', String(await freePort())]);
    await server.reached(6);
    const file = join(outbox.folder, 'backup.tar');
    const made = await outbox.run('backup', file);
    assert.equal(made.code, 0, made.stderr);
    service.child.kill('SIGTERM');
    await service.ended;
    assert.match(
      execFileSync('tar', ['-tf', file], { encoding: 'utf8' }),
      /^backup\.json\noutbox\.db\nsecret\.key\nfiles\//,
    );
    assert.equal((await outbox.run('backup', file)).code, 1, 'an older backup is not overwritten');

    const data = join(outbox.folder, 'restored');
    const restored = await on(outbox, data, 'restore', file);
    assert.equal(restored.code, 0, restored.stderr);
    assert.match(restored.stderr, /does not send until you say so: outbox adopt/);
    const ids = async (of: string): Promise<string[]> =>
      ((await on(outbox, of, '--json', 'list')).json() as { id: string }[]).map(({ id }) => id);
    assert.deepEqual(await ids(data), await ids(outbox.data));
    const [first] = await ids(data);
    assert.equal(
      (await on(outbox, data, 'show', first!, '--eml')).stdout,
      (await outbox.run('show', first!, '--eml')).stdout,
    );
    assert.equal((await on(outbox, data, 'restore', file)).code, 2, 'a folder that is not empty stays as it is');
  });

  test('what is cut off, damaged or no backup is refused, and leaves nothing', async (t) => {
    const { outbox } = await company(t);
    await outbox.run('import', await writeManifest(outbox, 6));
    const file = join(outbox.folder, 'backup.tar');
    await outbox.run('backup', file);
    const whole = await readFile(file);
    const evil = join(outbox.folder, 'evil');
    await mkdir(evil);
    await writeFile(join(evil, 'backup.json'), '{}');
    await writeFile(join(evil, 'x'), 'x');
    execFileSync(
      'tar',
      ['-cf', 'evil.tar', '--format=ustar', '-C', 'evil', '--transform=s,^x$,../x,', '-P', 'backup.json', 'x'],
      {
        cwd: outbox.folder,
      },
    );
    const data = join(outbox.folder, 'restored');
    const cut = join(outbox.folder, 'cut.tar');
    await writeFile(cut, whole);
    await truncate(cut, whole.length - 1_536);
    const noise = join(outbox.folder, 'noise.tar');
    await writeFile(noise, Buffer.alloc(10_240, 7));
    for (const [bad, why] of [
      [cut, /cut off/],
      [noise, /no archive/],
      [join(outbox.folder, 'evil.tar'), /which is no file of a backup/],
      [join(outbox.folder, 'missing.tar'), /ENOENT/],
    ] as const) {
      const { code, stderr } = await on(outbox, data, 'restore', bad);
      assert.deepEqual([code, why.test(stderr)], [2, true], stderr);
      assert.deepEqual(await readdir(data), [], bad);
    }
  });
});

suite('a copy', () => {
  test('of the data folder does not send, says why and what to do, takes in, and sends when it is adopted', async (t) => {
    const { outbox, server } = await company(t);
    await outbox.run('import', await writeManifest(outbox, 3));
    const copy = join(outbox.folder, 'copy');
    await cp(outbox.data, copy, { recursive: true });
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    assert.equal(server.contents.length, 3);

    const refused = await on(outbox, copy, 'run', '--until-empty');
    assert.equal(refused.code, 3);
    assert.match(
      refused.stderr,
      /This is a copy of an installation made on .* It does not send until you say so\.\n→ .*outbox adopt/,
    );
    const port = await freePort();
    const service = outbox.start(['--data', copy, 'start', '--port', String(port)]);
    await service.said(/does not send/);
    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.equal(health.status, 503);
    assert.match(((await health.json()) as { fault: string }).fault, /This is a copy/);
    await writeFile(join(outbox.folder, 'new.txt'), 'Invoice 77\n');
    const sent = await on(
      outbox,
      copy,
      'send',
      'new.txt',
      '--type',
      'invoice',
      '--number',
      '77',
      '--email',
      'x@abf.example',
    );
    assert.equal(sent.code, 0, sent.stderr);
    assert.equal(server.contents.length, 3);

    assert.match((await on(outbox, copy, 'status')).stderr, /This is a copy/);
    assert.equal((await on(outbox, copy, 'adopt')).code, 2, 'a script must say that it means it');
    await on(outbox, copy, 'cancel', '--status', 'queued', '--search', 'c1@abf.example');
    const adopted = await on(outbox, copy, 'adopt', '--yes');
    assert.equal(adopted.code, 0, adopted.stderr);
    // The service that was started as a copy begins by itself.
    await server.reached(6);
    service.child.kill('SIGTERM');
    assert.equal((await service.ended).code, 0);
    assert.equal((await on(outbox, copy, 'run', '--until-empty')).code, 0);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0, 'the original goes on');
  });

  test('a folder that is moved, and a place with a name that is copied, go on', async (t) => {
    const { outbox } = await company(t);
    const moved = join(outbox.folder, 'moved');
    await rename(outbox.data, moved);
    assert.equal((await on(outbox, moved, 'run', '--until-empty')).code, 0);
    const named = { OUTBOX_PLACE: 'prod' };
    assert.equal((await outbox.runWith(named, '--data', moved, 'run', '--until-empty')).code, 0);
    const copied = join(outbox.folder, 'copied');
    await cp(moved, copied, { recursive: true });
    await rm(moved, { recursive: true });
    assert.equal((await outbox.runWith(named, '--data', copied, 'run', '--until-empty')).code, 0);
    const other = await outbox.runWith({ OUTBOX_PLACE: 'test' }, '--data', copied, 'run', '--until-empty');
    assert.match(other.stderr, /the place prod, and this is test/);
  });

  test('a database that was put back beside its folder does not send', async (t) => {
    const { outbox } = await company(t);
    const older = await readFile(join(outbox.data, 'outbox.db'));
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    for (const name of ['outbox.db-wal', 'outbox.db-shm']) await rm(join(outbox.data, name), { force: true });
    await writeFile(join(outbox.data, 'outbox.db'), older);
    const { code, stderr } = await outbox.run('run', '--until-empty');
    assert.deepEqual([code, /its database is older than its data folder/.test(stderr)], [3, true], stderr);
  });
});

suite('on PostgreSQL', () => {
  let postgres: Awaited<ReturnType<typeof startPostgres>> = null;
  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres?.stop());

  test('a further data folder joins, a database made from a dump does not send', async (t) => {
    if (!postgres) return t.skip('PostgreSQL is not installed here');
    const original = await postgres.newDatabase();
    const { outbox } = await company(t, { OUTBOX_DATABASE: original });
    const run = (database: string, data = outbox.data) =>
      outbox.runWith({ OUTBOX_DATABASE: database }, '--data', data, 'run', '--until-empty');
    assert.equal((await run(original)).code, 0);
    assert.equal((await run(original, join(outbox.folder, 'second'))).code, 0);
    const copy = await postgres.newDatabase(new URL(original).pathname.slice(1));
    const { code, stderr } = await run(copy, join(outbox.folder, 'third'));
    assert.deepEqual([code, /its database was copied or restored from a dump/.test(stderr)], [3, true], stderr);
    assert.equal((await run(original)).code, 0);
    await outbox.runWith({ OUTBOX_DATABASE: copy }, '--data', join(outbox.folder, 'third'), 'adopt', '--yes');
    assert.equal((await run(copy, join(outbox.folder, 'third'))).code, 0);
  });
});
