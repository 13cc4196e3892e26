// The store keeps its promises on both engines: the same suite on SQLite and on a real PostgreSQL.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test, type TestContext } from 'node:test';
import pg from 'pg';
import { wordsOf } from '../../src/message/errors.ts';
import type { Again } from '../../src/store/changes.ts';
import { DealtWith } from '../../src/store/hot-folder-files.ts';
import type { Message } from '../../src/message/message.ts';
import type { Order } from '../../src/message/priority.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Claimed } from '../../src/store/claim.ts';
import type { Settlement } from '../../src/store/settle.ts';
import { engines } from '../support/engines.ts';
import { at, sampleCustomer, sampleMessage, sampleTakeIn } from '../support/samples.ts';
import { temporaryFolder } from '../support/temporary.ts';

const locations = engines();

const accepted: Settlement = {
  trigger: 'accept',
  result: 'accepted',
  at: at + 1000,
  by: 'worker test',
  text: '250 2.0.0 queued as 4F2',
  reply: { code: 250, enhanced: '2.0.0', text: 'queued as 4F2' },
  transcript: 'S: 250 2.0.0 queued as 4F2',
  reason: null,
  tries: 1,
  dueAt: null,
};

const originalPrepare = DatabaseSync.prototype.prepare;
const request = { transport: 'office', worker: 'w1', most: 10, now: at, leaseMs: 120_000 };

/** Where machines share a store, only the owner of a transport may claim for it. */
async function own(store: Store, worker: string): Promise<boolean> {
  await store.transports.state('office');
  return store.engine === 'sqlite' || store.transports.own('office', worker, 60_000);
}

/** As if their worker had been silent for long. */
const endLeases = (store: Store, claims: readonly Claimed[]): Promise<void> =>
  store.queue.renew(
    claims.map(({ message }) => message.id),
    request.worker,
    at,
    -10 * 365 * 86_400_000,
  );

for (const [engine, locate] of Object.entries(locations)) {
  describe(`the store on ${engine}`, () => {
    async function open(t: TestContext): Promise<{ store: Store; location: string } | null> {
      const location = await locate(t);
      if (location === null) return null;
      const store = await openStore(location);
      t.after(() => store.close());
      await own(store, request.worker);
      return { store, location };
    }

    const promise = (name: string, run: (store: Store, location: string, t: TestContext) => Promise<void>) =>
      test(name, async (t) => {
        const opened = await open(t);
        if (opened) await run(opened.store, opened.location, t);
      });

    test('many programs that start at once on an empty database all open it', async (t) => {
      const location = await locate(t);
      if (location === null) return;
      const opened = await Promise.allSettled(Array.from({ length: 12 }, () => openStore(location)));
      for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
      assert.deepEqual(
        opened.flatMap((one) => (one.status === 'rejected' ? [wordsOf(one.reason)] : [])),
        [],
      );
    });

    promise(
      'one invoice goes before a large batch; what was put off goes last, and still has its turn',
      async (store) => {
        const messages = (count: number, change: object = {}) =>
          Array.from({ length: count }, () => sampleMessage({ dueAt: at, ...change }));
        const takeAll = async (all: Message[]): Promise<void> => {
          const [first, ...rest] = all.map((message) => sampleTakeIn(message));
          await store.takeIn.take({
            ...first!,
            documents: [first!, ...rest].flatMap(({ documents }) => documents),
            messages: [first!, ...rest].flatMap(({ messages: of }) => of),
          });
        };
        const statements = messages(12, { documentType: 'statement', dueAt: at - 5_000 });
        await takeAll(statements);
        const deferred = messages(3, { documentType: 'deferred', dueAt: at - 60_000 });
        for (const message of deferred) await takeAll([message]);
        for (const claimed of await store.queue.claim({ ...request, most: 3 }))
          await store.queue.settle(claimed, false, {
            ...accepted,
            trigger: 'put-back',
            result: 'put-back',
            reason: 'other',
            dueAt: at - 1_000,
          });
        const [invoice] = messages(1, { documentType: 'invoice' });
        await takeAll([invoice!]);
        const next = async (order: Order) => (await store.queue.claim({ ...request, most: 1, order }))[0]?.message;
        assert.equal((await next('urgent'))?.documentType, 'invoice');
        assert.equal((await next('urgent'))?.documentType, 'statement');
        assert.equal((await next('put-off'))?.documentType, 'deferred');
        assert.equal((await next('longest'))?.documentType, 'statement');
        // A person who asks for one brings it to the front.
        const [waiting] = await store.messages.find({ type: 'deferred', status: 'queued', limit: 1 });
        await store.changes.applyAll([{ hasten: waiting!.id, at, by: 'clerk', text: '' }]);
        assert.equal((await next('urgent'))?.id, waiting!.id);
      },
    );

    promise('a message taken in is there as it was', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message));
      assert.deepEqual(await store.messages.get(message.id), message);
      const documents = (await store.messages.documentsOf([message.id])).get(message.id);
      assert.equal(documents?.[0]?.number, '100234');
      assert.equal((await store.events.of('message', message.id))[0]?.what, 'taken in');
    });

    promise('a take-in that fails in the middle leaves nothing behind', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message, [{ key: 'k', digest: 'd' }]));
      const second = sampleMessage();
      await assert.rejects(store.takeIn.take(sampleTakeIn(second, [{ key: 'k', digest: 'd' }])));
      assert.equal(await store.messages.get(second.id), null);
      assert.deepEqual(
        await store.takeIn.known(['k', 'other']),
        new Map([['k', { messageId: message.id, digest: 'd', status: 'queued', reason: null }]]),
      );
    });

    promise('of many that are taken in at once, one that fails takes no other with it', async (store) => {
      await store.takeIn.take(sampleTakeIn(sampleMessage(), [{ key: 'used', digest: 'd' }]));
      const messages = Array.from({ length: 20 }, () => sampleMessage());
      const ends = await Promise.allSettled(
        messages.map((message, at) =>
          store.takeIn.take(sampleTakeIn(message, [{ key: at === 7 ? 'used' : `k${at}`, digest: 'd' }])),
        ),
      );
      for (const [at, message] of messages.entries()) {
        assert.equal(ends[at]!.status, at === 7 ? 'rejected' : 'fulfilled');
        assert.equal((await store.messages.get(message.id))?.id, at === 7 ? undefined : message.id);
        assert.equal((await store.events.of('message', message.id)).length, at === 7 ? 0 : 1);
      }
    });

    promise(
      'a manifest of the hot folder is in the ledger with its messages, once, until it is put away',
      async (store) => {
        const line = { path: '/drop/run.csv', digest: 'd', at, batchId: null, result: 'done', putAwayAt: null };
        await store.takeIn.take({ ...sampleTakeIn(sampleMessage()), ledger: line });
        const second = sampleMessage();
        const takes = () => store.takeIn.take({ ...sampleTakeIn(second), ledger: line });
        await assert.rejects(takes(), DealtWith);
        await assert.rejects(store.hotFolderFiles.add(line), DealtWith);
        assert.equal(await store.messages.get(second.id), null);
        assert.deepEqual(await store.hotFolderFiles.unfinished(line.path, 'd'), line);
        await store.hotFolderFiles.putAway(line.path, 'd', at + 1);
        assert.equal(await store.hotFolderFiles.unfinished(line.path, 'd'), null);
        await takes();
      },
    );

    promise('a message is sent again once, whoever asks at the same time, unless a person means it', async (store) => {
      const old = sampleMessage({ status: 'failed', kind: 'error' });
      await store.takeIn.take(sampleTakeIn(old));
      const again = (unless: Again['unless']): Again => {
        const message = sampleMessage({ resendOf: old.id });
        return { message, request: {}, documentIds: [], by: 'clerk', text: 'Again.', unless };
      };
      const asked = [again('alive'), again('any')];
      const answers = (await Promise.all(asked.map((one) => store.changes.addAll([one])))).flat();
      assert.equal(answers.filter((answer) => answer === null).length, 1);
      const made = asked[answers.indexOf(null)]!.message.id;
      assert.deepEqual(
        answers.find((answer) => answer !== null),
        { id: made, status: 'queued' },
      );
      await store.changes.apply({ id: made, trigger: 'expire', at, by: 'clerk', text: '' });
      assert.deepEqual(await store.changes.addAll([again('any')]), [{ id: made, status: 'failed' }]);
      assert.deepEqual(await store.changes.addAll([again('alive'), again(null)]), [null, null]);
    });

    promise('claim, commit and settle go through sending to released, with the attempt kept', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message));
      const [claimed] = await store.queue.claim(request);
      assert.equal(claimed?.message.id, message.id);
      assert.deepEqual(await store.queue.claim(request), [], 'a claimed message is nobody else’s');
      await store.queue.commit(claimed);
      assert.equal((await store.messages.get(message.id))?.phase, 'committing');
      assert.equal(await store.queue.settle(claimed, true, accepted), true);
      const done = await store.messages.get(message.id);
      assert.equal(done?.status, 'released');
      assert.equal(done?.releasedAt, accepted.at);
      assert.deepEqual(done?.lastReply, accepted.reply);
      const [attempt] = await store.messages.attemptsOf(message.id);
      assert.equal(attempt?.result, 'accepted');
      assert.equal(attempt?.phase, 'committing');
      assert.equal(attempt?.transcript, accepted.transcript);
    });

    promise('messages of another transport, not yet due, or held are not claimed', async (store) => {
      await store.takeIn.take(sampleTakeIn(sampleMessage({ transport: 'efax' })));
      await store.takeIn.take(sampleTakeIn(sampleMessage({ dueAt: at + 1 })));
      await store.takeIn.take(sampleTakeIn(sampleMessage({ status: 'held', reason: 'on-hold' })));
      assert.deepEqual(await store.queue.claim(request), []);
      assert.equal(await store.queue.nextDueAt(['office']), at + 1);
    });

    promise('concurrent claimers never get the same message', async (store) => {
      for (let count = 0; count < 60; count++) await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const claims = await Promise.all(Array.from({ length: 12 }, () => store.queue.claim({ ...request, most: 5 })));
      const ids = claims.flat().map(({ message }) => message.id);
      assert.equal(new Set(ids).size, ids.length);
      assert.equal(ids.length, 60);
    });

    promise(
      'a message cancelled while it is prepared can not be committed: the final dot is never sent',
      async (store) => {
        const message = sampleMessage();
        await store.takeIn.take(sampleTakeIn(message));
        const [claimed] = await store.queue.claim(request);
        const changed = await store.changes.apply({
          id: message.id,
          trigger: 'cancel',
          at,
          by: 'clerk',
          text: 'Stop.',
        });
        assert.deepEqual(changed, { before: 'sending', moved: true });
        await assert.rejects(store.queue.commit(claimed!), { code: 'OBX019' });
        assert.equal(await store.queue.settle(claimed!, false, { ...accepted, trigger: 'put-back' }), false);
        assert.equal((await store.messages.get(message.id))?.status, 'cancelled');
      },
    );

    promise('a lost lease in a group of writes leaves its neighbours alone', async (store) => {
      for (let count = 0; count < 8; count++) await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const claims = await store.queue.claim(request);
      await store.changes.apply({ id: claims[3]!.message.id, trigger: 'cancel', at, by: 'clerk', text: 'Stop.' });
      const results = await Promise.allSettled(claims.map((claimed) => store.queue.commit(claimed)));
      assert.deepEqual(
        results.map(({ status }) => status),
        claims.map((_, index) => (index === 3 ? 'rejected' : 'fulfilled')),
      );
    });

    promise('a person can not cancel or hold what is being handed over', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message));
      const [claimed] = await store.queue.claim(request);
      await store.queue.commit(claimed!);
      for (const trigger of ['cancel', 'hold'] as const) {
        const changed = await store.changes.apply({ id: message.id, trigger, at, by: 'clerk', text: '' });
        assert.deepEqual(changed, { before: 'sending', moved: false });
      }
    });

    promise('limits and their use outlive the program', async (store, location) => {
      await store.transports.state('office');
      await store.takeIn.take(sampleTakeIn(sampleMessage()));
      await store.takeIn.take(sampleTakeIn(sampleMessage()));
      await store.queue.claim({ ...request, debit: { tat: at + 2000 } });
      const again = await openStore(location);
      assert.equal(await again.queue.usedToday('office', at), 2);
      assert.equal((await again.transports.state('office')).tat, at + 2000);
      await again.close();
    });

    promise('the directory gives a customer back field by field', async (store) => {
      const customer = sampleCustomer({
        email: ['ap@abf.example', 'second@abf.example'],
        deliver: { default: ['email', 'fax'], statement: ['fax'] },
        owners: { email: 'import' },
      });
      await store.customers.save([customer, sampleCustomer({ number: '007' })], at, 'import', () => 'new');
      assert.deepEqual((await store.customers.find('ACME', ['01-ABF'])).get('01-ABF'), customer);
      await store.customers.save([{ ...customer, email: ['new@abf.example'] }], at, 'anna', () => 'email');
      const all = await store.customers.all('ACME');
      assert.deepEqual(all.get('01-ABF')?.email, ['new@abf.example']);
      assert.equal(all.size, 2);
    });

    promise('settings replace one another in one step and leave a history without secrets', async (store) => {
      const conceal = (value: unknown) => (value === null ? null : '(concealed)');
      const relay = { section: 'transports', name: 'relay', value: { host: 'a', password: 'x' } };
      await store.settings.replace([relay], at, 'admin', conceal);
      await store.settings.replace([{ ...relay, name: 'second' }], at, 'admin', conceal);
      assert.deepEqual(await store.settings.all(), [{ ...relay, name: 'second' }]);
      const history = await store.events.of('setting', 'transports.relay');
      assert.deepEqual(
        history.map(({ what, evidence }) => [what, evidence]),
        [
          ['new', { before: null, after: '(concealed)' }],
          ['removed', { before: '(concealed)', after: null }],
        ],
      );
    });

    promise('search finds what a clerk types, and takes % and _ as they stand', async (store) => {
      await store.takeIn.take(sampleTakeIn(sampleMessage({ subject: '100% off', recipient: 'a_b@abf.example' })));
      await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const search = async (text: string) => (await store.messages.find({ search: text })).length;
      assert.equal(await search('100%'), 1);
      assert.equal(await search('A_B@'), 1);
      assert.equal(await search('american business'), 2);
      assert.equal(await search('%nothing%'), 0);
    });

    promise(
      'many messages come in portions: those that matched at the beginning, each once, each as it is',
      async (store) => {
        const messages = Array.from({ length: 405 }, () => sampleMessage());
        for (const message of messages) await store.takeIn.take(sampleTakeIn(message));
        const ids = messages.map(({ id }) => id);
        assert.deepEqual(await store.messages.ids({ status: 'queued' }), ids);
        assert.deepEqual(await store.messages.ids({ status: 'queued', limit: 3 }), ids.slice(0, 3));
        const seen: string[] = [];
        for await (const portion of store.messages.portions(ids)) {
          assert.ok(portion.length <= 200);
          for (const { id } of portion) {
            seen.push(id);
            await store.changes.apply({ id, trigger: 'hold', at, by: 'clerk', text: '' });
          }
        }
        assert.deepEqual(seen, ids);
        assert.deepEqual(await store.messages.ids({ status: 'queued' }), []);
      },
    );

    promise('the same evidence is written once', async (store) => {
      const event = {
        subject: 'message',
        subjectId: 'm',
        at,
        what: 'bounce',
        by: 'dsn',
        text: '',
        evidenceKey: 'dsn-1',
      } as const;
      await store.events.append(event);
      await store.events.append(event);
      assert.equal((await store.events.of('message', 'm')).length, 1);
    });

    promise('what a dead worker left: unsent before the commit point, uncertain after it', async (store) => {
      for (let count = 0; count < 2; count++) await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const [first, second] = await store.queue.claim(request);
      await store.queue.commit(second!);
      await endLeases(store, [first!, second!]);
      assert.deepEqual(await store.sweep(at), { putBack: 1, uncertain: 1, poison: 0 });
      assert.equal((await store.messages.get(first!.message.id))?.status, 'queued');
      const uncertain = await store.messages.get(second!.message.id);
      assert.equal(uncertain?.status, 'uncertain');
      assert.equal(uncertain?.reason, 'stopped');
      assert.equal((await store.messages.attemptsOf(second!.message.id))[0]?.result, 'uncertain');
    });

    promise('a worker that was slow, not dead, still says what came of its message', async (store) => {
      for (let count = 0; count < 3; count++) await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const claims = await store.queue.claim(request);
      for (const claimed of claims) await store.queue.commit(claimed);
      await endLeases(store, claims);
      await store.sweep(at);
      const [yes, no, later] = claims;
      const dueAt = at + 60_000;
      assert.equal(await store.queue.settle(yes!, true, accepted), true);
      assert.equal(await store.queue.settle(no!, true, { ...accepted, trigger: 'refuse', reason: 'other' }), true);
      assert.equal(await store.queue.settle(later!, true, { ...accepted, trigger: 'put-back', dueAt }), true);
      const messages = await Promise.all(claims.map(({ message }) => store.messages.get(message.id)));
      assert.deepEqual(
        messages.map((message) => message?.status),
        ['released', 'failed', 'queued'],
      );
      assert.deepEqual([messages[0]?.releasedAt, messages[2]?.dueAt], [accepted.at, dueAt]);
    });

    promise('what a person decided meanwhile stays; the late answer is a line of the history', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message));
      const [claimed] = await store.queue.claim(request);
      await store.queue.commit(claimed!);
      await endLeases(store, [claimed!]);
      await store.sweep(at);
      await store.changes.apply({ id: message.id, trigger: 'release', at, by: 'clerk', text: 'Once more.' });
      assert.equal(await store.queue.settle(claimed!, true, accepted), false);
      assert.equal((await store.messages.get(message.id))?.status, 'queued');
      const lines = await store.events.of('message', message.id);
      assert.equal(lines.at(-1)?.what, 'late answer');
    });

    promise('the keys of a message that may have gone stay its own when it is cancelled', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message, [{ key: 'k1', digest: 'd1' }]));
      const [claimed] = await store.queue.claim(request);
      await store.queue.commit(claimed!);
      await endLeases(store, [claimed!]);
      await store.sweep(at);
      await store.changes.apply({ id: message.id, trigger: 'cancel', at, by: 'clerk', text: 'Stop.' });
      assert.equal((await store.takeIn.known(['k1'])).size, 1);
    });

    promise('a message with which alone the program died twice is held, its neighbours are not', async (store) => {
      for (let count = 0; count < 2; count++) await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const die = async (most: number) => {
        await endLeases(store, await store.queue.claim({ ...request, most }));
        return store.sweep(at);
      };
      assert.deepEqual(await die(2), { putBack: 2, uncertain: 0, poison: 0 });
      assert.deepEqual(await die(2), { putBack: 2, uncertain: 0, poison: 0 });
      assert.deepEqual(await die(1), { putBack: 0, uncertain: 0, poison: 1 });
      const [held] = await store.messages.find({ status: 'held' });
      assert.equal(held?.reason, 'poison');
    });

    promise('the policy sends what may have gone once more, and only once, however it came about', async (store) => {
      const message = sampleMessage();
      await store.takeIn.take(sampleTakeIn(message));
      const lose = async () => {
        const [claimed] = await store.queue.claim({ ...request, now: at + 10_000 });
        await store.queue.commit(claimed!);
        await endLeases(store, [claimed!]);
        await store.sweep(at);
      };
      await lose();
      assert.equal(await store.repeatOnce(['statement'], at, 1_000), 0, 'only types that say so');
      assert.equal(await store.repeatOnce([message.documentType], at, 1_000), 1);
      assert.equal((await store.messages.get(message.id))?.dueAt, at + 1_000);
      await lose();
      assert.equal(await store.repeatOnce([message.documentType], at, 1_000), 0);
      assert.equal((await store.messages.get(message.id))?.status, 'uncertain');
    });

    promise('the allowance counts a rolling day, and gets back what was never spoken of', async (store) => {
      await store.takeIn.take(sampleTakeIn(sampleMessage()));
      await store.takeIn.take(sampleTakeIn(sampleMessage()));
      const [first] = await store.queue.claim(request);
      const hour = 3_600_000;
      assert.equal(await store.queue.usedToday('office', at), 2);
      assert.equal(await store.queue.usedToday('office', at + 24 * hour - 1), 2, 'not a minute less than a day');
      assert.equal(await store.queue.usedToday('office', at + 26 * hour), 0);
      assert.equal(await store.queue.usedToday('office', at - 2 * hour), 0, 'what a clock that ran ahead has left');
      await store.queue.settle(first!, false, { ...accepted, trigger: 'put-back', credit: true });
      assert.equal(await store.queue.usedToday('office', at), 1);
    });

    if (engine === 'PostgreSQL') {
      promise('a transport belongs to one worker at a time, until it is let go or its time is over', async (store) => {
        await store.takeIn.take(sampleTakeIn(sampleMessage()));
        assert.equal(await own(store, 'w2'), false);
        assert.deepEqual(await store.queue.claim({ ...request, worker: 'w2' }), []);
        await store.transports.disown('office', 'w1');
        assert.equal(await own(store, 'w2'), true);
        assert.equal((await store.queue.claim({ ...request, worker: 'w2' })).length, 1);
        await store.transports.own('office', 'w2', -1);
        assert.equal(await own(store, 'w1'), true);
      });

      promise('a lease that has run out can not be committed, though nobody has swept yet', async (store) => {
        await store.takeIn.take(sampleTakeIn(sampleMessage()));
        const [claimed] = await store.queue.claim(request);
        await endLeases(store, [claimed!]);
        await assert.rejects(store.queue.commit(claimed!), { code: 'OBX019' });
      });
    }
  });
}

test('on SQLite a second worker is told who works', async (t) => {
  const location = join(await temporaryFolder(t), 'outbox.db');
  const [first, second] = [await openStore(location), await openStore(location)];
  const lock = await first.workers.begin(at);
  await assert.rejects(second.workers.begin(at), (error: Error) => error.message.includes(String(process.pid)));
  await lock.release();
  const next = await second.workers.begin(at);
  await next.release();
  await Promise.all([first.close(), second.close()]);
});

test('a database of a newer program is refused', async (t) => {
  const location = join(await temporaryFolder(t), 'outbox.db');
  await (await openStore(location)).close();
  const raw = new DatabaseSync(location);
  raw.exec(`insert into migration values (999, 'from the future', 0)`);
  raw.close();
  await assert.rejects(openStore(location), { code: 'OBX008' });
});

test('on SQLite a claim looks only at what is due, whatever waits before it in the order', async (t) => {
  const path = join(await temporaryFolder(t), 'outbox.db');
  const store = await openStore(path);
  t.after(() => store.close());
  await store.takeIn.take(sampleTakeIn(sampleMessage()));
  const texts: string[] = [];
  t.mock.method(DatabaseSync.prototype, 'prepare', function prepare(this: DatabaseSync, text: string) {
    texts.push(text);
    return originalPrepare.call(this, text);
  });
  for (const order of ['urgent', 'put-off', 'longest'] as const)
    await store.queue.claim({ ...request, order, most: 1 });
  const claims = texts.filter((text) => text.startsWith('select') && text.includes('"priority"'));
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  const details = claims.flatMap((text) =>
    originalPrepare
      .call(database, `explain query plan ${text}`)
      .all(...Array.from({ length: text.split('?').length - 1 }, () => 1))
      .map(({ detail }) => String(detail)),
  );
  assert.ok(details.some((detail) => /INDEX message_due \(transport=\? AND priority=\? AND due_at<\?\)/.test(detail)));
  assert.ok(
    details.every((detail) => /INDEX message_due|^SEARCH message_content .*\(message_id=\?\)/.test(detail)),
    details.join('\n'),
  );
});

test('on SQLite a claim goes by its index, however many messages are done', async (t) => {
  const path = join(await temporaryFolder(t), 'outbox.db');
  const store = await openStore(path);
  t.after(() => store.close());
  const texts: string[] = [];
  t.mock.method(DatabaseSync.prototype, 'prepare', function prepare(this: DatabaseSync, text: string) {
    texts.push(text);
    return originalPrepare.call(this, text);
  });
  await store.queue.claim(request);
  await store.queue.nextDueAt(['office']);
  await store.sweep(at);
  await store.messages.find({ status: 'failed' });
  const database = new DatabaseSync(path);
  t.after(() => database.close());
  for (const text of texts.filter((one) => one.startsWith('select') && one.includes('"status"'))) {
    const plan = originalPrepare.call(database, `explain query plan ${text}`);
    const bound = Array.from({ length: text.split('?').length - 1 }, () => 1);
    const details = plan.all(...bound).map(({ detail }) => String(detail));
    assert.ok(
      details.some((detail) => /USING (COVERING )?INDEX message_(due|sending|failed)/.test(detail)),
      `${text}\n${details.join('\n')}`,
    );
  }
});

test('a first start on PostgreSQL waits for another that is making the tables', async (t) => {
  const location = await locations.PostgreSQL(t);
  if (location === null) return;
  const [first, watcher] = [new pg.Client(location), new pg.Client(location)];
  await Promise.all([first.connect(), watcher.connect()]);
  t.after(() => Promise.all([first.end(), watcher.end()]));
  await first.query('begin; select pg_advisory_xact_lock(827361)');
  await first.query('create table migration (number integer primary key, name text not null, at bigint not null)');
  const opening = openStore(location);
  opening.catch(() => {});
  for (let waiting = 0; waiting === 0;) {
    const { rows } = await watcher.query<{ count: number }>(
      'select count(*)::int as count from pg_locks where not granted',
    );
    waiting = rows[0]!.count;
  }
  await first.query('commit');
  await (await opening).close();
});
