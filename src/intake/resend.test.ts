import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { openIntake } from '../../test/support/intake.ts';
import type { Message } from '../message/message.ts';
import { operateOnAll } from './operations.ts';
import { isMeantToGoAgain, type ResendRequest, type Resent, resendAll } from './resend.ts';

/** Invoices 1 to `count`, all of them failed. */
async function failed(t: TestContext, count: number) {
  const intake = await openIntake(t);
  const { file, manifest, parts, all } = intake;
  const rows = [];
  for (let number = 1; number <= count; number++) {
    await file(`${number}.txt`, `Invoice ${number}\n`);
    rows.push(`${number}.txt,invoice,${number},01-ABF\n`);
  }
  await manifest(`file,type,number,customer\n${rows.join('')}`);
  const fail = (messages: readonly Message[]) =>
    parts.store.changes.applyAll(
      messages.map(({ id }) => ({ id, trigger: 'expire' as const, at: 0, by: 'test', text: '' })),
    );
  await fail(await all());
  /** As `outbox resend --status failed` does it. */
  const again = async (request: Partial<ResendRequest> = {}): Promise<Resent[]> => {
    const results: Resent[] = [];
    const messages = (await parts.store.messages.find({ status: 'failed' })).filter(isMeantToGoAgain);
    await resendAll(messages, { to: null, unless: 'any', ...request }, parts, (_, one) => void results.push(one));
    return results;
  };
  return { ...intake, fail, again };
}

const doneOf = (results: readonly Resent[]): boolean[] => results.map(({ done }) => done);

suite('sending many again', () => {
  test('repeated, it sends nothing a second time and says by which message each went', async (t) => {
    const { again, all } = await failed(t, 3);
    const first = await again();
    assert.deepEqual(doneOf(first), [true, true, true]);
    const second = await again();
    assert.deepEqual(doneOf(second), [false, false, false]);
    assert.match(second[0]!.text, new RegExp(`sent again before as message ${first[0]!.made!.id} \\(queued\\)`));
    assert.equal((await all()).length, 6);
  });

  test('when the second sending failed too, only that one goes again, not its origin beside it', async (t) => {
    const { again, fail, all } = await failed(t, 1);
    const [first] = await again();
    await fail([first!.made!]);
    const results = await again();
    assert.deepEqual(doneOf(results), [false, true]);
    assert.equal(results[1]!.made!.resendOf, first!.made!.id);
    assert.equal((await all()).length, 3);
  });

  test('one that can not go does not keep the others', async (t) => {
    const { again, parts } = await failed(t, 2);
    const suppression = {
      id: 's',
      channel: 'email' as const,
      address: 'ap@abf.example',
      reason: 'bounced',
      by: 'test',
    };
    await parts.store.suppressions.add({ ...suppression, since: 0, until: null });
    const results = await again();
    assert.deepEqual(doneOf(results), [false, false]);
    assert.match(results[0]!.text, /not to be used/);
    await assert.rejects(again({ to: 'AP@abf.example' }), /not to be used/);
    assert.deepEqual(doneOf(await again({ to: 'new@abf.example' })), [true, true]);
  });

  test('named by a person with --again it goes once more', async (t) => {
    const { again } = await failed(t, 1);
    await again();
    assert.deepEqual(doneOf(await again({ unless: 'alive' })), [false]);
    assert.deepEqual(doneOf(await again({ unless: null })), [true]);
  });
});

suite('what a person does to messages', () => {
  test('retry of a waiting message stands in its history', async (t) => {
    const { file, send, parts, clock, all } = await openIntake(t);
    const later = clock.now + 3_600_000;
    await send([await file('1.txt', 'Invoice 1\n')], { number: '1', customer: '01-ABF', notBefore: later });
    const [message] = await all();
    await operateOnAll('retry', [message!], parts, () => {});
    assert.equal((await all())[0]!.dueAt, clock.now);
    const lines = await parts.store.events.of('message', message!.id);
    assert.deepEqual([lines.at(-1)!.what, lines.at(-1)!.by], ['retry', 'test']);
  });

  test('many are changed in few transactions, and each is answered in its order', async (t) => {
    const { parts, all } = await failed(t, 3);
    const { changes } = parts.store;
    let transactions = 0;
    const counted = {
      ...parts,
      store: {
        ...parts.store,
        changes: {
          ...changes,
          applyAll: (wanted: Parameters<typeof changes.applyAll>[0]) => (transactions++, changes.applyAll(wanted)),
        },
      },
    };
    const messages = await all();
    const held = messages.map((message) => ({ ...message, status: 'held' as const }));
    const answers: [string, boolean][] = [];
    const many = [...held, ...messages];
    await operateOnAll('release', many, counted, ({ id }, { done }) => void answers.push([id, done]));
    assert.deepEqual(
      answers,
      many.map(({ id }) => [id, false]),
    );
    assert.equal(transactions, 1);
  });
});
