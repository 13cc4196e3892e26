// What a person mistypes: it is refused at once, with words and exit 2, also where a script reads JSON.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { applySettings, newOutbox, type Outbox, settingsYaml } from '../support/outbox.ts';

const transports = `  office: { kind: smtp, host: 127.0.0.1, port: 1, tls: none }
  faxes: { kind: smtp, host: 127.0.0.1, port: 1, tls: none, address: "{{ fax.digits }}@efax.example" }`;
const customers = `customers:\n  "01-ABF": { name: American Business Futures, email: [ap@abf.example] }\n`;

async function company(t: TestContext): Promise<Outbox> {
  const outbox = await newOutbox(t);
  await applySettings(outbox, settingsYaml(transports, customers));
  await writeFile(join(outbox.folder, 'invoice.txt'), 'Invoice 1\n');
  return outbox;
}

const send = (number: string, ...more: string[]): string[] =>
  ['send', 'invoice.txt', '--type', 'invoice', '--number', number].concat(more);

suite('wrong usage', () => {
  test('is JSON where JSON was asked for', async (t) => {
    const outbox = await newOutbox(t);
    for (const args of [['sned'], ['send'], ['list', '--status', 'lost']]) {
      const { code, json, stderr } = await outbox.run('--json', ...args);
      assert.equal(code, 2);
      assert.match((json() as { error: { code: string } }).error.code, /^OBX016$/);
      assert.match(stderr, /error: /);
    }
  });

  test('a port that is none, and a database that is no PostgreSQL, are exit 2', async (t) => {
    const outbox = await newOutbox(t);
    assert.equal((await outbox.run('start', '--port', '99999')).code, 2);
    assert.equal((await outbox.run('--database', 'outbox.db', 'status')).code, 2);
    const { code, stderr } = await outbox.runWith({ OUTBOX_DATABASE: 'mysql://u:secret@db/x' }, 'status');
    assert.equal(code, 2);
    assert.match(stderr, /OUTBOX_DATABASE is no address of a PostgreSQL database/);
    assert.doesNotMatch(stderr, /secret/);
  });

  test(
    'a data folder that can not be made fails at once',
    { skip: process.platform !== 'linux', timeout: 20_000 },
    async (t) => {
      const outbox = await newOutbox(t);
      assert.equal((await outbox.run('--data', '/proc/no/such', 'status')).code, 3);
    },
  );

  test('a batch that is not there is not an empty one, whatever the command', async (t) => {
    const outbox = await company(t);
    for (const verb of ['list', 'release', 'hold', 'cancel', 'retry', 'resend']) {
      const { code, stderr } = await outbox.run(verb, '--batch', 'TYPO');
      assert.deepEqual([verb, code], [verb, 2]);
      assert.match(stderr, /There is no batch TYPO\. *\n.*OBX009/);
    }
  });

  test('a time that is past or not in the calendar is refused', async (t) => {
    const outbox = await company(t);
    for (const at of ['2026-02-30', '2001-01-01']) {
      assert.equal((await outbox.run(...send('1', '--customer', '01-ABF', '--at', at))).code, 2);
    }
  });

  test('an address of outbox test is looked at before the transport', async (t) => {
    const outbox = await company(t);
    for (const [name, to] of [
      ['office', 'a@b@c'],
      ['faxes', '12'],
    ] as const) {
      const { code, stderr } = await outbox.run('test', name, '--to', to);
      assert.equal(code, 2);
      assert.match(stderr, /OBX013/);
    }
  });
});

suite('what was asked for before', () => {
  test('is said on stderr, with the message, and is exit 0 while all is well', async (t) => {
    const outbox = await company(t);
    const args = ['driver', 'email', 'ap@abf.example', join(outbox.folder, 'invoice.txt'), '', 'a.txt', 's'];
    await outbox.run(...args);
    const again = await outbox.run(...args);
    assert.equal(again.code, 0);
    assert.match(again.stderr, /1 taken in before; they are not sent again:\n.*message [0-9a-f]{8} \(queued\)/);
  });
});

suite('outbox show --json', () => {
  test('has every time as ISO', async (t) => {
    const outbox = await company(t);
    await outbox.run(...send('1', '--customer', '01-ABF'));
    await outbox.run('run', '--until-empty');
    const [{ id }] = (await outbox.run('--json', 'list')).json() as [{ id: string }];
    const shown = (await outbox.run('--json', 'show', id)).json() as {
      history: { at: string }[];
      attempts: { startedAt: string; endedAt: string }[];
    };
    const times = [
      ...shown.history.map(({ at }) => at),
      ...shown.attempts.flatMap((one) => [one.startedAt, one.endedAt]),
    ];
    assert.ok(times.length > 2);
    for (const time of times) assert.equal(new Date(time).toISOString(), time);
  });
});

suite('outbox list', () => {
  test('says when there is more than it shows', async (t) => {
    const outbox = await company(t);
    for (const number of ['1', '2']) await outbox.run(...send(number, '--customer', '01-ABF', '--hold'));
    const { stdout, stderr } = await outbox.run('list', '--limit', '1');
    assert.equal(stdout.trimEnd().split('\n').length, 3);
    assert.match(stderr, /the first 1; there are more/);
    assert.equal((await outbox.run('list', '--limit', '2')).stderr, '');
  });
});

suite('outbox suppressions', () => {
  test('an address on the list blocks; lifted by a person, its messages go', async (t) => {
    const outbox = await company(t);
    assert.equal((await outbox.run('suppressions', 'add', 'AP@abf.example', '--reason', 'left')).code, 0);
    const blocked = await outbox.run(...send('1', '--customer', '01-ABF'));
    assert.equal(blocked.code, 1);
    assert.match(blocked.stdout, /outbox suppressions lift ADDRESS/);
    const listed = (await outbox.run('--json', 'suppressions')).json() as { address: string; reason: string }[];
    assert.deepEqual(
      listed.map(({ address, reason }) => [address, reason]),
      [['ap@abf.example', 'left']],
    );
    assert.equal((await outbox.run('suppressions', 'lift', 'ap@abf.example')).code, 0);
    assert.equal((await outbox.run('suppressions', 'lift', 'ap@abf.example')).code, 2);
    assert.equal((await outbox.run('release', '--status', 'blocked')).code, 0);
  });
});

suite('outbox apply', () => {
  test('shows what becomes of customers, before and when it is done; an export of the directory changes nothing', async (t) => {
    const outbox = await company(t);
    const file = join(outbox.folder, 'new.yaml');
    await writeFile(file, customers.replace('ap@abf.example', 'owner@abf.example'));
    for (const more of [['--dry-run'], []]) {
      const { stdout } = await outbox.run('apply', file, ...more);
      assert.match(stdout, /~ customers\.01-ABF\n {4}email: \["ap@abf\.example"\] → \["owner@abf\.example"\]/);
    }
    await writeFile(
      join(outbox.folder, 'c.csv'),
      'customer,name,email,fax,deliver\n02,,nobody,12,"default=print; statment=fax"\n',
    );
    assert.match((await outbox.run('customers', 'import', 'c.csv')).stdout, /no document type "statment"/);
    await writeFile(file, (await outbox.run('export', '--customers')).stdout);
    const { code, stdout, stderr } = await outbox.run('apply', file, '--dry-run');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Nothing changes\.$/m);
    assert.match(stderr, /customers\.02\.email\.0: it has no @/);
  });

  test('reads a file as Windows writes it', async (t) => {
    const outbox = await company(t);
    const file = join(outbox.folder, 'utf16.yaml');
    await writeFile(file, Buffer.from(`\ufeff${customers.replace('Futures', 'Zürich')}`, 'utf16le'));
    assert.match((await outbox.run('apply', file)).stdout, /American Business Zürich/);
  });
});

suite('outbox resend', () => {
  test('of many says of each what became of it, and repeated sends nothing twice', async (t) => {
    const outbox = await company(t);
    await outbox.run(...send('1', '--customer', '01-ABF'));
    const store = await outbox.store();
    const [failed] = await store.messages.find({});
    await store.changes.apply({ id: failed!.id, trigger: 'expire', at: 0, by: 'test', text: '' });
    const resend = async (...args: string[]) => {
      const { code, json } = await outbox.run('--json', 'resend', ...args);
      const [one] = json() as { id: string; done: boolean; text: string; new: string | null }[];
      return { code, ...one! };
    };
    const first = await resend('--status', 'failed');
    assert.deepEqual([first.code, first.id, first.done, typeof first.new], [0, failed!.id, true, 'string']);
    const second = await resend('--status', 'failed');
    assert.deepEqual([second.code, second.done, second.new], [0, false, null]);
    assert.match(second.text, new RegExp(`sent again before as message ${first.new}`));
    assert.equal((await resend(failed!.id)).code, 1);
    assert.equal((await resend(failed!.id, '--again')).code, 0);
    assert.equal((await outbox.run('resend', '--status', 'failed', '--again')).code, 2);
    assert.equal((await store.messages.find({})).length, 3);
  });
});
