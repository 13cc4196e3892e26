// The promises under kill -9: nothing lost, nothing sent twice, and what may have gone says so.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { chunkingEhlo, type ScriptedServer, startScripted } from '../support/scripted-smtp.ts';

const connections = 4;

const transports = (port: number, limits: string): string =>
  `  office: { kind: smtp, host: 127.0.0.1, port: ${port}, tls: none, limits: { ${limits} } }
  faxes: { kind: driver, command: /bin/true }`;

/** Message-IDs that the server took, with how often. */
function received(server: ScriptedServer): Map<string, number> {
  const counts = new Map<string, number>();
  for (const content of server.contents) {
    const id = /^Message-ID: <([^>]+)>/m.exec(content)![1]!;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** What must hold whatever was killed. @returns how many are uncertain */
async function checkPromises(outbox: Outbox, server: ScriptedServer, total: number): Promise<number> {
  const store = await outbox.store();
  const messages = await store.messages.find({});
  const counts = received(server);
  assert.equal(messages.length, total, 'nothing is lost');
  for (const [id, count] of counts) assert.equal(count, 1, `${id} was sent ${count} times`);
  for (const { status, ingredients, id } of messages) {
    const got = counts.get(ingredients!.messageId) ?? 0;
    if (status === 'released') assert.equal(got, 1, `${id} is released and never arrived`);
    else assert.equal(status, 'uncertain', `${id} is ${status}`);
  }
  return messages.filter(({ status }) => status === 'uncertain').length;
}

async function prepare(t: TestContext, total: number, delayMs = 0, limits = `connections: ${connections}`) {
  const server = await startScripted(t, (said) => (said === 'ehlo' ? chunkingEhlo() : undefined), delayMs);
  const outbox = await newOutbox(t);
  await applySettings(outbox, settingsYaml(transports(server.port, limits)));
  return { server, outbox, manifest: await writeManifest(outbox, total) };
}

suite('kill -9 at each durable point', { concurrency: 2 }, () => {
  for (const [place, meaning] of [
    ['before-W1', 'nothing was taken in, and the same import takes all of it'],
    ['W1', 'all was taken in, and the same import takes none of it again'],
  ] as const) {
    // So many are looked at by threads.
    for (const total of [20, 600])
      test(`${place}, ${total} documents: ${meaning}`, async (t) => {
        const { server, outbox, manifest } = await prepare(t, total);
        const killed = await outbox.runWith({ OUTBOX_FAILPOINT: place }, 'import', manifest);
        assert.equal(killed.signal, 'SIGKILL');
        const again = await outbox.run('--json', 'import', manifest);
        assert.equal(again.code, 0);
        const { messages, known } = again.json() as { messages: unknown[]; known: unknown[] };
        assert.deepEqual([messages.length, known.length], place === 'W1' ? [0, total] : [total, 0]);
        assert.equal((await outbox.run('run', '--until-empty')).code, 0);
        assert.equal(await checkPromises(outbox, server, total), 0);
      });
  }

  for (const [place, mostUncertain] of [
    ['W2:1', 0],
    ['W3:1', connections],
    ['W3:7', connections],
    ['answered:5', connections],
    // Neighbours on other connections may be anywhere.
    ['W4:3', connections],
  ] as const) {
    test(`${place}: unsent messages go out once, and at most ${mostUncertain} are uncertain`, async (t) => {
      const { server, outbox, manifest } = await prepare(t, 20);
      await outbox.run('import', manifest);
      const killed = await outbox.runWith({ OUTBOX_FAILPOINT: place }, 'run', '--until-empty');
      assert.equal(killed.signal, 'SIGKILL');
      const again = await outbox.run('run', '--until-empty');
      assert.equal(again.code, 0, again.stderr);
      const uncertain = await checkPromises(outbox, server, 20);
      assert.ok(uncertain <= mostUncertain, `${uncertain} uncertain`);
      if (place.startsWith('W3') || place.startsWith('answered'))
        assert.ok(uncertain >= 1, 'the one that was killed is uncertain');
    });
  }
});

suite('kill -9 with a window of 4 over one connection, where it goes in the window', { concurrency: 2 }, () => {
  // The first eighteen or so go one by one, and one alone in the window: then four are in flight.
  for (const place of ['W3:30', 'W3:33', 'answered:30', 'W4:32']) {
    test(`${place}: unsent messages go out once, and at most 4 are uncertain`, async (t) => {
      const { server, outbox, manifest } = await prepare(t, 60, 2, 'connections: 1, window: 4');
      await outbox.run('import', manifest);
      const killed = await outbox.runWith({ OUTBOX_FAILPOINT: place }, 'run', '--until-empty');
      assert.equal(killed.signal, 'SIGKILL');
      assert.ok(
        server.lines.some((line) => line.startsWith('BDAT')),
        'nothing went in the window',
      );
      const again = await outbox.run('run', '--until-empty');
      assert.equal(again.code, 0, again.stderr);
      const uncertain = await checkPromises(outbox, server, 60);
      assert.ok(uncertain >= 1 && uncertain <= 4, `${uncertain} uncertain`);
    });
  }
});

test('killed 50 times at random while 500 messages go out', { timeout: 240_000 }, async (t) => {
  const total = 500;
  const kills = 50;
  const { server, outbox, manifest } = await prepare(t, total, 4);
  await outbox.run('import', manifest);
  const store = await outbox.store();
  let uncertain = 0;
  for (let kill = 0; kill < kills; kill++) {
    const goal = server.contents.length + 1 + Math.floor(Math.random() * 5);
    const run = outbox.start(['run', '--until-empty']);
    await server.reached(goal);
    await wait(Math.random() * 6);
    run.child.kill('SIGKILL');
    assert.equal((await run.ended).signal, 'SIGKILL', 'it was killed at work, not after it');
    const committing = (await store.messages.find({ status: 'sending' })).filter(({ phase }) => phase === 'committing');
    assert.ok(committing.length <= connections, `${committing.length} in the air over ${connections} connections`);
    uncertain += committing.length;
  }
  assert.equal((await outbox.run('run', '--until-empty')).code, 0);
  assert.equal(await checkPromises(outbox, server, total), uncertain);
  t.diagnostic(`${total} messages, ${kills} kills: 0 lost, 0 sent twice, ${uncertain} uncertain`);
});
