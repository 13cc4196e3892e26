import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openIntake } from '../../test/support/intake.ts';
import { pdfOf } from '../../test/support/pdf-samples.ts';
import { sampleCustomer } from '../../test/support/samples.ts';
import { sampleSettings } from '../../test/support/settings.ts';
import { exitCodeOf } from '../cli/taken.ts';
import { operateOn } from './operations.ts';

const header = 'file,type,number,customer';

suite('the same key twice in one run', () => {
  test('the same bytes are told as the same as the first row', async (t) => {
    const { file, manifest, all } = await openIntake(t);
    await file('1.txt', 'Invoice 1\n');
    const taken = await manifest(`${header}\n1.txt,invoice,1,01-ABF\n1.txt,invoice,1,01-ABF\n`);
    const [message] = await all();
    assert.deepEqual(
      taken.known.map(({ row, message: id, status, text }) => [row, id, status, text]),
      [[2, message!.id, 'queued', 'the same as row 1']],
    );
    assert.equal(exitCodeOf(taken), 0);
  });

  test('other bytes are refused with both rows named: nothing vanishes', async (t) => {
    const { file, manifest, all } = await openIntake(t);
    await file('1.txt', 'Invoice 1\n');
    await file('2.txt', 'Invoice 2, misnumbered\n');
    const taken = await manifest(`${header}\n1.txt,invoice,1,01-ABF\n2.txt,invoice,1,01-ABF\n`);
    assert.equal(taken.refused.length, 1);
    assert.equal(taken.refused[0]!.place, 'row 2');
    assert.match(taken.refused[0]!.detail, /invoice 1 stands in row 1 already, with other bytes/);
    assert.equal((await all()).length, 1);
    assert.equal(exitCodeOf(taken), 1);
  });

  test('a batch that gives its total is then not taken at all', async (t) => {
    const { file, manifest, all } = await openIntake(t);
    await file('1.txt', 'Invoice 1\n');
    await file('2.txt', 'Invoice 2, misnumbered\n');
    const text = `${header}\n1.txt,invoice,1,01-ABF\n2.txt,invoice,1,01-ABF\n#total,2,\n`;
    await assert.rejects(manifest(text), /OBX012|does not add up: of 2 documents 1 can not be taken \(row 2/);
    assert.deepEqual(await all(), []);
  });

  test('grouped rows keep their own keys: each of them goes', async (t) => {
    const settings = sampleSettings([], { statement: { name: 'Statement', grouping: 'message' } });
    const { file, manifest, parts, all } = await openIntake(t, settings);
    await file('1.txt', 'one\n');
    await file('2.txt', 'two\n');
    const taken = await manifest(`${header},key\n1.txt,statement,,01-ABF,K1\n2.txt,statement,,01-ABF,K2\n`);
    assert.deepEqual([taken.refused, taken.known], [[], []]);
    const documents = await parts.store.messages.documentsOf([(await all())[0]!.id]);
    assert.equal([...documents.values()][0]!.length, 2);
  });
});

suite('several files of one command are one set', () => {
  const email = ['ap@abf.example'];

  for (const request of [{ number: '1' }, { key: 'K' }, {}]) {
    test(`with ${JSON.stringify(request)} all of them go out, and once`, async (t) => {
      const { file, send, all } = await openIntake(t);
      const files = [await file('a.txt', 'a\n'), await file('b.txt', 'b\n')];
      await send(files, { email, ...request });
      const again = await send(files, { email, ...request });
      const messages = await all();
      assert.deepEqual(
        messages.map(({ ingredients }) => ingredients!.attachments.length),
        [2],
      );
      assert.deepEqual(new Set(again.known.map(({ message }) => message)), new Set([messages[0]!.id]));
      assert.equal(exitCodeOf(again), 0);
    });
  }

  test('another set under the same number is refused whole', async (t) => {
    const { file, send, all } = await openIntake(t);
    const files = [await file('a.txt', 'a\n'), await file('b.txt', 'b\n'), await file('c.txt', 'c\n')];
    await send(files.slice(0, 2), { email, number: '1' });
    const other = await send(files.slice(1), { email, number: '1' });
    assert.equal(exitCodeOf(other), 2);
    assert.equal((await all()).length, 1);
  });
});

suite('the default key', () => {
  test('two customers with one mailbox each get their statement of the month', async (t) => {
    const shared = { email: ['ap@group.example'] };
    const { file, manifest, all } = await openIntake(t, sampleSettings(), [
      sampleCustomer({ number: 'A', ...shared }),
      sampleCustomer({ number: 'B', ...shared }),
    ]);
    await file('a.txt', 'A owes 5\n');
    await file('b.txt', 'B owes 7\n');
    await manifest(`${header}\na.txt,statement,2026-10,A\n`);
    const second = await manifest(`${header}\nb.txt,statement,2026-10,B\n`);
    assert.deepEqual([second.refused, (await all()).map(({ customer }) => customer)], [[], ['A', 'B']]);
  });

  test('one file without a number, for another subject, note or name, is another message', async (t) => {
    const { file, send, all } = await openIntake(t);
    const files = [await file('terms.txt', 'Our terms\n')];
    const base = { email: ['ap@abf.example'], subject: 'Terms', note: 'Please read', name: 'Terms.txt' };
    await send(files, base);
    for (const change of [{ subject: 'Terms again' }, { note: 'Please sign' }, { name: 'T.txt' }]) {
      assert.equal((await send(files, { ...base, ...change })).messages.length, 1);
    }
    const again = await send(files, base);
    assert.deepEqual([again.messages.length, again.known.length], [0, 1]);
    assert.equal((await all()).length, 4);
  });
});

suite('what was asked for before', () => {
  test('is exit 1 with its reason while it is blocked still', async (t) => {
    const { file, manifest } = await openIntake(t);
    await file('1.txt', 'Invoice 1\n');
    const text = `${header}\n1.txt,invoice,1,NEW\n`;
    assert.equal(exitCodeOf(await manifest(text)), 1);
    const again = await manifest(text);
    assert.deepEqual(
      again.known.map(({ status, reason }) => [status, reason]),
      [['blocked', 'unknown-customer']],
    );
    assert.equal(exitCodeOf(again), 1);
  });

  test('is exit 1 when it failed: nobody may think that it went', async (t) => {
    const { file, send, parts } = await openIntake(t);
    const files = [await file('1.txt', 'Invoice 1\n')];
    const request = { number: '1', customer: '01-ABF' };
    const { messages } = await send(files, request);
    await parts.store.changes.apply({ id: messages[0]!.id, trigger: 'expire', at: 0, by: 'test', text: '' });
    assert.equal(exitCodeOf(await send(files, request)), 1);
  });

  test('a document to be printed is asked for once, also when it is printed already', async (t) => {
    const { file, manifest, parts, all } = await openIntake(t, sampleSettings(), [
      sampleCustomer({ deliver: { default: ['print'] } }),
    ]);
    await file('1.txt', 'Invoice 1\n');
    const text = `${header}\n1.txt,invoice,1,01-ABF\n`;
    await manifest(text);
    await manifest(text);
    const [toPrint] = await all();
    assert.ok((await operateOn('cancel', toPrint!, parts)).done);
    const printed = await manifest(text);
    assert.deepEqual([printed.known.length, exitCodeOf(printed)], [1, 0]);
    assert.equal((await all()).length, 1);
    await file('1.txt', 'Invoice 1, corrected\n');
    assert.equal((await manifest(text)).messages.length, 1);
    assert.equal((await manifest(text)).known.length, 1);
    assert.match((await operateOn('release', (await all())[0]!, parts)).text, /same was sent before/);
  });
});

suite('a blocked document that comes again', () => {
  test("never cancels another customer's, whatever the numbers", async (t) => {
    const { file, manifest, all } = await openIntake(t, sampleSettings(), [sampleCustomer({ number: 'B' })]);
    await file('a.txt', 'A\n');
    await file('b.txt', 'B\n');
    await manifest(`${header}\na.txt,statement,2026-10,A\n`);
    const second = await manifest(`${header}\nb.txt,statement,2026-10,B\n`);
    assert.deepEqual(second.replaced, []);
    assert.deepEqual(
      (await all()).map(({ customer, status }) => [customer, status]),
      [
        ['A', 'blocked'],
        ['B', 'queued'],
      ],
    );
    const unknown = await manifest(`${header}\na.txt,statement,2026-10,C\n`);
    assert.deepEqual([unknown.replaced, unknown.known], [[], []]);
  });

  test('is named as replaced when its row is corrected', async (t) => {
    const { file, manifest, all } = await openIntake(t);
    await file('1.txt', 'Invoice 1\n');
    await manifest(`${header},email\n1.txt,invoice,1,01-ABF,nobody\n`);
    const [old] = await all();
    const taken = await manifest(`${header},email\n1.txt,invoice,1,01-ABF,ap@abf.example\n`);
    assert.deepEqual(taken.replaced, [{ message: old!.id, reason: 'bad-address', row: 1, place: 'row 1' }]);
    assert.deepEqual(
      (await all()).map(({ status }) => status),
      ['cancelled', 'queued'],
    );
  });

  test('stays when a command sends to another address: that is another request', async (t) => {
    const { file, send, all } = await openIntake(t);
    const files = [await file('1.txt', 'Invoice 1\n')];
    await send(files, { number: '1', customer: '01-ABF', email: ['nobody'] });
    await send(files, { number: '1', customer: '01-ABF', email: ['ap@abf.example'] });
    assert.deepEqual(
      (await all()).map(({ status }) => status),
      ['blocked', 'queued'],
    );
  });

  test('is replaced by the printed again', async (t) => {
    const { file, manifest, all } = await openIntake(t);
    await file('1.pdf', '');
    await manifest(`${header}\n1.pdf,invoice,1,01-ABF\n`);
    await file('1.pdf', await pdfOf(1));
    assert.equal((await manifest(`${header}\n1.pdf,invoice,1,01-ABF\n`)).replaced.length, 1);
    assert.equal((await all()).length, 2);
  });
});

test('a message that is blocked first goes at its time all the same', async (t) => {
  const { file, send, parts, clock, all } = await openIntake(t);
  const eight = clock.now + 3_600_000;
  await send([await file('1.txt', 'Invoice 1\n')], { number: '1', customer: 'NEW', notBefore: eight });
  await parts.store.customers.save([sampleCustomer({ number: 'NEW' })], 0, 'test', () => 'new');
  assert.ok((await operateOn('release', (await all())[0]!, parts)).done);
  assert.deepEqual(
    (await all()).map(({ status, dueAt }) => [status, dueAt]),
    [['queued', eight]],
  );
});

test('documents that a driver can not take as one file are blocked before any try', async (t) => {
  const driver = { kind: 'driver', command: '/opt/drivers/send.sh' };
  const settings = sampleSettings(
    [],
    {
      letter: { name: 'Letter', email: { subject: 's', note: 'n', transport: 'old' } },
    },
    { old: driver },
  );
  const { file, send } = await openIntake(t, settings);
  const files = [await file('a.txt', 'a\n'), await file('b.pdf', await pdfOf(1))];
  const { messages } = await send(files, { type: 'letter', number: '1', email: ['ap@abf.example'] });
  assert.deepEqual(
    messages.map(({ status, reason }) => [status, reason]),
    [['blocked', 'one-file']],
  );
  assert.match(messages[0]!.detail!, /^a\.txt, b\.pdf: only PDFs/);
  const pdfs = [await file('c.pdf', await pdfOf(1)), await file('d.pdf', await pdfOf(1))];
  const merged = await send(pdfs, { type: 'letter', number: '2', email: ['ap@abf.example'] });
  assert.equal(merged.messages[0]!.ingredients!.attachments.length, 1);
});
