// Lists that come in pages go on where they ended, and what a person types is taken as it stands, on both engines.
import assert from 'node:assert/strict';
import { storesOn } from '../support/engines.ts';
import { at, sampleCustomer, sampleMessage, sampleTakeIn } from '../support/samples.ts';

storesOn((on) => {
  on('customers come by number, and are found by what is in them', async ({ customers }) => {
    const all = ['A%1', 'A_2', 'B-3'].map((number) => sampleCustomer({ number, name: `Name of ${number}` }));
    await customers.save(all, at, 'import', () => 'new');
    const page = async (query: { after?: string; search?: string; most?: number }): Promise<string[]> =>
      (await customers.page('ACME', { after: null, search: null, most: 10, ...query })).map(({ number }) => number);
    assert.deepEqual((await page({})).toSorted(), ['A%1', 'A_2', 'B-3']);
    const [first, ...rest] = await page({});
    assert.deepEqual([await page({ most: 1 }), await page({ after: first! })], [[first], rest]);
    assert.deepEqual([await page({ search: '%' }), await page({ search: '_' })], [['A%1'], ['A_2']]);
    assert.deepEqual(await page({ search: 'NAME OF B' }), ['B-3']);
    assert.deepEqual(await page({ search: '\\' }), []);
  });

  on('messages and batches come newest first, with what is open of them', async ({ takeIn, messages, pulse }) => {
    const batch = { company: 'ACME', name: 'run', source: 'test', state: 'sealed' as const, createdAt: at };
    for (const id of ['b1', 'b2']) {
      const taken = sampleTakeIn(sampleMessage({ batchId: id, dueAt: at }));
      await takeIn.take({ ...taken, batch: { ...batch, id, expectedCount: 1, expectedAmount: null, sealedAt: at } });
    }
    const [newest, oldest] = await messages.find({ newestFirst: true });
    assert.deepEqual([newest!.batchId, oldest!.batchId], ['b2', 'b1']);
    const before = await messages.find({ newestFirst: true, before: newest!.id, channel: 'email', limit: 5 });
    assert.deepEqual(
      before.map(({ id }) => id),
      [oldest!.id],
    );
    assert.deepEqual(
      (await messages.batches(1)).map(({ id }) => id),
      ['b2'],
    );
    assert.deepEqual(
      (await messages.batches(5, 'b2')).map(({ id }) => id),
      ['b1'],
    );
    const counts = await messages.countsOf(['b1', 'b2']);
    assert.deepEqual([counts.get('b1'), counts.get('b2')], [{ queued: 1 }, { queued: 1 }]);
    const open = await pulse.open();
    assert.deepEqual(open.map(({ batchId, status, count }) => [batchId, status, count]).toSorted(), [
      ['b1', 'queued', 1],
      ['b2', 'queued', 1],
    ]);
    assert.equal(await pulse.oldestDue(at), at);
  });

  on('a history of one kind goes on behind its last line', async ({ events }) => {
    for (const text of ['one', 'two', 'three'])
      await events.append({ subject: 'user', subjectId: text, at, what: 'changed', by: 'anna', text });
    await events.append({ subject: 'key', subjectId: 'k', at, what: 'made', by: 'anna', text: '' });
    const latest = await events.latest('user', 2);
    assert.deepEqual(
      latest.map(({ text }) => text),
      ['three', 'two'],
    );
    assert.deepEqual(
      (await events.latest('user', 2, latest[1]!.id)).map(({ text }) => text),
      ['one'],
    );
  });
});
