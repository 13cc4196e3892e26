// A batch through Microsoft Graph, and drafts for a person, as somebody sets them up: settings, test, run, kill -9.
import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { type GraphWish, startFakeGraph } from '../support/microsoft-graph/server.ts';
import { createTenant } from '../support/microsoft/tenant.ts';
import { startTokenEndpoint } from '../support/microsoft/token-endpoint.ts';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';

const user = 'billing@acme.example';
const env = { OFFICE_SECRET: 'hunter2~client.secret' };

interface Message {
  id: string;
  status: string;
  reason: string | null;
  messageId: string;
  lastReply: { text: string } | null;
}

const listOf = async (outbox: Outbox): Promise<Message[]> => (await outbox.run('--json', 'list')).json() as Message[];

const transports = (office: string): string =>
  settingsYaml(`  office: ${office}\n  faxes: { kind: driver, command: /bin/true }`);

async function importBatch(outbox: Outbox, count: number): Promise<void> {
  const imported = await outbox.run('import', await writeManifest(outbox, count));
  assert.equal(imported.code, 0, imported.stdout + imported.stderr);
}

async function company(t: TestContext, wish: GraphWish = {}) {
  const outbox = await newOutbox(t);
  const tenant = createTenant({ secret: env.OFFICE_SECRET });
  const client = [...tenant.applications.keys()][0]!;
  const endpoint = await startTokenEndpoint(t, tenant, 0);
  const checkToken = (token: string): boolean => tenant.check(token, 'https://graph.microsoft.com').ok;
  const graph = await startFakeGraph(t, { checkToken, user, ...wish });
  const mailbox = `user: ${user}, baseUrl: "${graph.baseUrl}", limits: { perMinute: null }, oauth: { kind: microsoft, tenant: ${tenant.id}, client: ${client}, secret: { env: OFFICE_SECRET }, tokenUrl: "${endpoint.url}" }`;
  return { outbox, tenant, endpoint, graph, mailbox };
}

suite('through Microsoft Graph', { timeout: 120_000 }, () => {
  test('a batch goes out, each message once, with one token and never more than four requests at once', async (t) => {
    const { outbox, endpoint, graph, mailbox } = await company(t);
    await applySettings(outbox, transports(`{ kind: graph, ${mailbox} }`), env);
    await importBatch(outbox, 20);
    const run = await outbox.runWith(env, 'run', '--until-empty');
    assert.equal(run.code, 0, run.stderr);
    const messages = await listOf(outbox);
    assert.deepEqual(new Set(messages.map(({ status }) => status)), new Set(['released']));
    assert.deepEqual(
      graph.mailbox.ledger.map(({ messageId }) => messageId).toSorted(),
      messages.map(({ messageId }) => messageId).toSorted(),
    );
    assert.equal(endpoint.requests, 1);
    assert.ok(graph.most <= 4, `${graph.most} at once`);
  });

  test('outbox show --eml gives the very bytes that went out', async (t) => {
    const { outbox, graph, mailbox } = await company(t);
    await applySettings(outbox, transports(`{ kind: graph, ${mailbox} }`), env);
    await importBatch(outbox, 1);
    await outbox.runWith(env, 'run', '--until-empty');
    const [message] = await listOf(outbox);
    const shown = await outbox.run('show', message!.id, '--eml');
    assert.equal(shown.stdout, graph.mailbox.ledger[0]!.mime!.toString('latin1'));
    const transcript = (await outbox.run('show', message!.id, '--transcript')).stdout;
    assert.match(transcript, /C: POST \/users\/billing@acme\.example\/messages/);
    assert.doesNotMatch(transcript, /Bearer|eyJ/);
  });

  test('outbox test says token and mailbox in words; a wrong secret says what to do', async (t) => {
    const { outbox, mailbox } = await company(t);
    await applySettings(outbox, transports(`{ kind: graph, ${mailbox} }`), env);
    const good = await outbox.runWith(env, 'test', 'office');
    assert.equal(good.code, 0, good.stdout);
    assert.match(good.stdout, /✔ token .*\n✔ mailbox .*billing@acme\.example opens/);
    const bad = await outbox.runWith({ OFFICE_SECRET: 'wrong' }, 'test', 'office');
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /✘ token/);
  });

  test('tokens of another audience are refused, and the transport stops with all messages waiting', async (t) => {
    const { outbox, graph, mailbox } = await company(t, { checkToken: () => false });
    await applySettings(outbox, transports(`{ kind: graph, ${mailbox} }`), env);
    await importBatch(outbox, 3);
    const run = await outbox.runWith(env, 'run', '--until-empty');
    assert.match(run.stdout + run.stderr, /token is refused twice/);
    assert.deepEqual(new Set((await listOf(outbox)).map(({ status }) => status)), new Set(['queued']));
    assert.equal(graph.mailbox.ledger.length, 0);
  });

  for (const place of ['W2:1', 'W3:3', 'answered:3', 'W4:3']) {
    test(`kill -9 at ${place}: nothing lost, nothing doubled, and retry finds out what became of the uncertain ones`, async (t) => {
      const { outbox, graph, mailbox } = await company(t, { delayMs: 2 });
      await applySettings(outbox, transports(`{ kind: graph, ${mailbox} }`), env);
      await importBatch(outbox, 20);
      const killed = await outbox.runWith({ ...env, OUTBOX_FAILPOINT: place }, 'run', '--until-empty');
      assert.equal(killed.signal, 'SIGKILL', killed.stderr);
      assert.equal((await outbox.runWith(env, 'run', '--until-empty')).code, 0);
      // Chance may kill it twice over the first message of a run, which is alone: that one is held for a person.
      const held = (await listOf(outbox)).filter(({ status }) => status === 'held');
      assert.deepEqual(
        held.map(({ reason }) => reason).filter((reason) => reason !== 'poison'),
        [],
      );
      if (held.length > 0) await outbox.run('release', ...held.map(({ id }) => id));
      const uncertain = (await listOf(outbox)).filter(({ status }) => status === 'uncertain');
      assert.ok(uncertain.length <= 4, `${uncertain.length} uncertain`);
      if (uncertain.length > 0) {
        await outbox.run('retry', ...uncertain.map(({ id }) => id));
        assert.equal((await outbox.runWith(env, 'run', '--until-empty')).code, 0);
      }
      const messages = await listOf(outbox);
      assert.deepEqual(new Set(messages.map(({ status }) => status)), new Set(['released']));
      assert.deepEqual(
        graph.mailbox.ledger.map(({ messageId }) => messageId).toSorted(),
        messages.map(({ messageId }) => messageId).toSorted(),
      );
      assert.deepEqual(
        [...graph.mailbox.items.values()].filter(({ folder }) => folder === 'drafts'),
        [],
        'no draft is left',
      );
    });
  }
});

test('killed 8 times at random while 60 messages go out through Graph', { timeout: 240_000 }, async (t) => {
  const total = 60;
  let requests = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let tell = (): void => {};
  const reached = (more: number): Promise<void> =>
    new Promise((resolve) => {
      wanted = requests + more;
      tell = resolve;
    });
  const { outbox, graph, mailbox } = await company(t, {
    delayMs: 3,
    faults: () => {
      if (++requests >= wanted) tell();
      return undefined;
    },
  });
  await applySettings(outbox, transports(`{ kind: graph, ${mailbox} }`), env);
  await importBatch(outbox, total);
  let kills = 0;
  for (; kills < 8; kills++) {
    const killed = reached(4 + Math.floor(Math.random() * 14));
    const run = outbox.start(['run', '--until-empty'], env);
    await killed;
    run.child.kill('SIGKILL');
    assert.equal((await run.ended).signal, 'SIGKILL', 'it was killed at work, not after it');
  }
  assert.equal((await outbox.runWith(env, 'run', '--until-empty')).code, 0);
  // Chance may kill it twice over the first message of a run, which is alone: that one is held for a person.
  const held = (await listOf(outbox)).filter(({ status }) => status === 'held');
  assert.deepEqual(
    held.map(({ reason }) => reason).filter((reason) => reason !== 'poison'),
    [],
  );
  if (held.length > 0) await outbox.run('release', ...held.map(({ id }) => id));
  const uncertain = (await listOf(outbox)).filter(({ status }) => status === 'uncertain');
  if (uncertain.length > 0) await outbox.run('retry', ...uncertain.map(({ id }) => id));
  assert.equal((await outbox.runWith(env, 'run', '--until-empty')).code, 0);
  const messages = await listOf(outbox);
  assert.deepEqual(new Set(messages.map(({ status }) => status)), new Set(['released']));
  assert.deepEqual(
    graph.mailbox.ledger.map(({ messageId }) => messageId).toSorted(),
    messages.map(({ messageId }) => messageId).toSorted(),
    'nothing lost, nothing doubled',
  );
  t.diagnostic(`${total} messages, ${kills} kills, ${uncertain.length} uncertain of which retry found the truth`);
});

suite('drafts for a person', { timeout: 120_000 }, () => {
  test('in a mailbox by Graph: released means that the draft is there, and its link is kept', async (t) => {
    const { outbox, graph, mailbox } = await company(t);
    await applySettings(outbox, transports(`{ kind: outlook, by: graph, ${mailbox} }`), env);
    await importBatch(outbox, 3);
    assert.equal((await outbox.runWith(env, 'run', '--until-empty')).code, 0);
    for (const { status, lastReply } of await listOf(outbox)) {
      assert.equal(status, 'released');
      assert.match(lastReply!.text, /A draft lies in Drafts of billing@acme\.example\. Open it: https:/);
    }
    assert.equal(graph.mailbox.ledger.length, 0);
    assert.equal([...graph.mailbox.items.values()].filter(({ folder }) => folder === 'drafts').length, 3);
  });

  test('as files: one for each message, and kill -9 at the commit point leaves none twice', async (t) => {
    const outbox = await newOutbox(t);
    const folder = join(outbox.folder, 'drafts');
    await mkdir(folder);
    await applySettings(outbox, transports(`{ kind: outlook, by: file, folder: "${folder}" }`));
    const tested = await outbox.run('test', 'office');
    assert.equal(tested.code, 0, tested.stdout);
    assert.match(tested.stdout, /✔ folder/);
    await importBatch(outbox, 5);
    const killed = await outbox.runWith({ OUTBOX_FAILPOINT: 'W3:2' }, 'run', '--until-empty');
    assert.equal(killed.signal, 'SIGKILL');
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    const [uncertain] = (await listOf(outbox)).filter(({ status }) => status === 'uncertain');
    await outbox.run('retry', uncertain!.id);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    assert.deepEqual(new Set((await listOf(outbox)).map(({ status }) => status)), new Set(['released']));
    assert.equal((await readdir(folder)).filter((name) => name.endsWith('.eml')).length, 5);
    assert.equal((await readdir(folder)).length, 5, 'no half file is left');
  });
});
