// The command line as scripts depend on it: exit codes, JSON, and what happens to messages.
import assert from 'node:assert/strict';
import { access, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { pdfOf } from '../support/pdf-samples.ts';
import { type Script, startScripted } from '../support/scripted-smtp.ts';

interface Shown {
  id: string;
  status: string;
  reason: string | null;
  channel: string;
  recipient: string;
  tries: number;
  resendOf: string | null;
  why: { text: string; source: string };
}

interface Taken {
  batch: string | null;
  messages: (Shown & { row: number | null })[];
  known: { row: number; message: string }[];
  refused: { row: number; detail: string }[];
}

const customers = `customers:
  "01-ABF": { name: American Business Futures, email: [ap@abf.example], fax: ["(414) 555-0134"] }
  "01-FAX": { name: Fax Only, fax: ["(414) 555-0135"], deliver: { default: [fax] } }
`;

/** A company with a mail server that answers by `script`, which is the fax gateway too. */
async function company(t: TestContext, script?: Script) {
  const server = await startScripted(t, script);
  const outbox = await newOutbox(t);
  const at = `host: 127.0.0.1, port: ${server.port}, tls: none`;
  const transports = `  office: { kind: smtp, ${at} }\n  faxes: { kind: smtp, ${at}, address: "{{ fax.digits }}@efax.example" }`;
  await applySettings(outbox, settingsYaml(transports, customers));
  await writeFile(join(outbox.folder, 'invoice.txt'), 'Invoice 1\n');
  return { server, outbox };
}

const sendArgs = (number: string, ...more: string[]): string[] => [
  'send',
  'invoice.txt',
  '--type',
  'invoice',
  '--number',
  number,
  ...more,
];

async function json<T>(outbox: Outbox, ...args: string[]): Promise<T> {
  return (await outbox.run('--json', ...args)).json() as T;
}

const list = (outbox: Outbox, ...args: string[]): Promise<Shown[]> => json(outbox, 'list', ...args);

suite('before anything is set up', () => {
  test('every command that needs settings says which command makes them', async (t) => {
    const outbox = await newOutbox(t);
    await writeFile(join(outbox.folder, 'invoice.txt'), 'x');
    for (const args of [sendArgs('1'), ['run', '--until-empty'], ['test', 'office']]) {
      const { code, stderr } = await outbox.run(...args);
      assert.equal(code, 3);
      assert.match(stderr, /outbox apply FILE\.yaml \(OBX005\)/);
    }
  });

  test('wrong usage is 2, and the help is 0 with examples', async (t) => {
    const outbox = await newOutbox(t);
    assert.equal((await outbox.run('sned')).code, 2);
    assert.equal((await outbox.run('send')).code, 2);
    const help = await outbox.run('help', 'send');
    assert.equal(help.code, 0);
    assert.match(help.stdout, /Examples:\n {2}outbox send/);
  });
});

suite('outbox apply and export', () => {
  test('a fault names line, key and what to write; nothing is applied', async (t) => {
    const { outbox } = await company(t);
    const file = join(outbox.folder, 'bad.yaml');
    await writeFile(file, 'company:\n  code: B\n  name: Beta\n  emial: x@beta.example\n');
    const { code, stderr } = await outbox.run('apply', file);
    assert.equal(code, 2);
    assert.match(stderr, /line 4, company\.emial: .*email/);
    assert.match((await outbox.run('export')).stdout, /name: Acme Petroleum/);
  });

  test('--dry-run shows the difference and changes nothing; what is exported can be applied', async (t) => {
    const { outbox } = await company(t);
    const before = (await outbox.run('export')).stdout;
    const file = join(outbox.folder, 'new.yaml');
    await writeFile(file, before.replace('Acme Petroleum', 'Acme Oil'));
    const dry = await outbox.run('apply', file, '--dry-run');
    assert.equal(dry.code, 0);
    assert.match(dry.stdout, /Acme Oil/);
    assert.equal((await outbox.run('export')).stdout, before);
    await outbox.run('apply', file);
    assert.equal((await outbox.run('export')).stdout, before.replace('Acme Petroleum', 'Acme Oil'));
  });

  test('a password written in clear is sealed: no export, history or database shows it', async (t) => {
    const { outbox } = await company(t);
    const file = join(outbox.folder, 'secret.yaml');
    await writeFile(
      file,
      'transports:\n  office: { kind: smtp, host: mail.acme.example, user: u, password: hunter2-hunter2 }\n',
    );
    const applied = await outbox.run('apply', file);
    assert.equal(applied.code, 0, applied.stderr);
    assert.match(applied.stderr, /in clear/);
    const database = (await readFile(join(outbox.data, 'outbox.db'))).toString('latin1');
    for (const text of [applied.stdout, (await outbox.run('export')).stdout, database])
      assert.equal(text.includes('hunter2'), false);
  });
});

suite('outbox send', () => {
  test('goes by the rule of the customer, and says why', async (t) => {
    const { outbox, server } = await company(t);
    const taken = await json<Taken>(outbox, ...sendArgs('1', '--customer', '01-FAX'));
    assert.deepEqual(
      taken.messages.map(({ status, channel, recipient }) => [status, channel, recipient]),
      [['queued', 'fax', '+14145550135']],
    );
    assert.match(taken.messages[0]!.why.text, /customer 01-FAX/);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    assert.ok(server.lines.some((line) => line.startsWith('RCPT TO:<14145550135@efax.example>')));
    assert.match(server.contents[0]!, /^To: 14145550135@efax\.example\r$/m);
  });

  test('the same request twice is one message; the same number with other bytes is refused', async (t) => {
    const { outbox, server } = await company(t);
    const first = await json<Taken>(outbox, ...sendArgs('1', '--customer', '01-ABF'));
    const second = await json<Taken>(outbox, ...sendArgs('1', '--customer', '01-ABF'));
    assert.deepEqual(
      second.known.map(({ message }) => message),
      [first.messages[0]!.id],
    );
    await writeFile(join(outbox.folder, 'invoice.txt'), 'Invoice 1, corrected\n');
    const third = await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    assert.equal(third.code, 2);
    assert.match(third.stdout, /was used before for other bytes/);
    await outbox.run('run', '--until-empty');
    assert.equal(server.contents.length, 1);
  });

  test('blocked is taken in with exit 1, and goes when the cause is mended and it is released', async (t) => {
    const { outbox, server } = await company(t);
    const { code, stdout } = await outbox.run(...sendArgs('1', '--customer', '01-NEW'));
    assert.equal(code, 1);
    assert.match(stdout, /not in the directory/);
    const [blocked] = await list(outbox, '--status', 'blocked');
    assert.equal(blocked!.reason, 'unknown-customer');
    const still = await outbox.run('release', blocked!.id);
    assert.equal(still.code, 1);
    await writeFile(
      join(outbox.folder, 'customers.csv'),
      'customer,name,email\n01-NEW,New,"a@new.example; b@new.example"\n',
    );
    assert.equal((await outbox.run('customers', 'import', 'customers.csv')).code, 0);
    assert.equal((await outbox.run('release', blocked!.id.slice(-8))).code, 0);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    assert.deepEqual((await list(outbox)).map(({ status, recipient }) => [status, recipient]).toSorted(), [
      ['released', 'a@new.example'],
      ['released', 'b@new.example'],
    ]);
    assert.equal(server.contents.length, 2);
  });

  test('a line end in a subject, number, key or address is refused, and nothing is taken', async (t) => {
    const { outbox } = await company(t);
    for (const [flag, value] of [
      ['--subject', 'a\r\nBcc: x@y.example'],
      ['--key', 'a\nb'],
      ['--email', 'a@b.example\r\nDATA'],
    ] as const) {
      const { code, stderr } = await outbox.run(...sendArgs('1', '--customer', '01-ABF', flag, value));
      assert.equal(code, 2);
      assert.match(stderr, /control character/);
    }
    assert.equal((await outbox.run(...sendArgs('1\n2', '--customer', '01-ABF'))).code, 2);
    assert.deepEqual(await list(outbox), []);
  });

  test('what was cancelled before it went may be taken in corrected; then the cancelled one can not come back', async (t) => {
    const { outbox, server } = await company(t);
    const wrong = await json<Taken>(outbox, ...sendArgs('1', '--customer', '01-ABF', '--hold'));
    const { id } = wrong.messages[0]!;
    await outbox.run('cancel', id);
    await writeFile(join(outbox.folder, 'invoice.txt'), 'Invoice 1, corrected\n');
    assert.equal((await outbox.run(...sendArgs('1', '--customer', '01-ABF'))).code, 0);
    const back = await outbox.run('release', id);
    assert.equal(back.code, 1);
    assert.match(back.stdout, /taken in again as message/);
    await outbox.run('run', '--until-empty');
    assert.equal(server.contents.length, 1);
  });

  test('a cancel taken back still guards against a second sending', async (t) => {
    const { outbox, server } = await company(t);
    const taken = await json<Taken>(outbox, ...sendArgs('1', '--customer', '01-ABF'));
    const { id } = taken.messages[0]!;
    await outbox.run('cancel', id);
    assert.equal((await outbox.run('release', id)).code, 0);
    assert.equal((await json<Taken>(outbox, ...sendArgs('1', '--customer', '01-ABF'))).known.length, 1);
    await outbox.run('run', '--until-empty');
    assert.equal(server.contents.length, 1);
  });

  test('--hold waits for a release, --at for its time, cancel stops', async (t) => {
    const { outbox, server } = await company(t);
    await outbox.run(...sendArgs('1', '--customer', '01-ABF', '--hold'));
    await outbox.run(...sendArgs('2', '--customer', '01-ABF', '--at', '+2h'));
    await outbox.run(...sendArgs('3', '--customer', '01-ABF'));
    const [held, later, now] = await list(outbox);
    assert.deepEqual([held!.status, later!.status, now!.status], ['held', 'queued', 'queued']);
    assert.equal((await outbox.run('cancel', now!.id)).code, 0);
    await outbox.run('run', '--until-empty');
    assert.equal(server.contents.length, 0);
    await outbox.run('release', held!.id);
    await outbox.run('retry', later!.id);
    await outbox.run('run', '--until-empty');
    assert.deepEqual(
      (await list(outbox)).map(({ status }) => status),
      ['released', 'released', 'cancelled'],
    );
  });
});

suite('outbox import', () => {
  test('a total that does not agree takes nothing', async (t) => {
    const { outbox } = await company(t);
    const manifest = await writeManifest(outbox, 3);
    await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('#total,3', '#total,4'));
    const { code, stderr } = await outbox.run('import', manifest);
    assert.equal(code, 2);
    assert.match(stderr, /does not add up/);
    assert.deepEqual(await list(outbox), []);
  });

  test('--dry-run says what would be, and takes nothing', async (t) => {
    const { outbox } = await company(t);
    const taken = await json<Taken>(outbox, 'import', await writeManifest(outbox, 3), '--dry-run');
    assert.equal(taken.messages.length, 3);
    assert.deepEqual(await list(outbox), []);
  });

  test('documents that can not be read are blocked with the reason, and the rest goes', async (t) => {
    const { outbox, server } = await company(t);
    const folder = join(outbox.folder, 'mixed');
    await mkdir(folder);
    await writeFile(join(folder, 'good.pdf'), await pdfOf(1));
    await writeFile(join(folder, 'empty.pdf'), '');
    await writeFile(join(folder, 'broken.pdf'), '%PDF-1.7\nnothing');
    await writeFile(join(folder, 'program.pdf'), Buffer.from('4d5a900003000000', 'hex'));
    await writeFile(
      join(folder, 'm.csv'),
      'file;type;number;customer\ngood.pdf;invoice;1;01-ABF\nempty.pdf;invoice;2;01-ABF\nbroken.pdf;invoice;3;01-ABF\nprogram.pdf;invoice;4;01-ABF\ngone.pdf;invoice;5;01-ABF\n../invoice.txt;invoice;6;01-ABF\n',
    );
    const result = await outbox.run('--json', 'import', join(folder, 'm.csv'));
    assert.equal(result.code, 1);
    const taken = result.json() as Taken;
    assert.deepEqual(
      taken.messages.map(({ row, status, reason }) => [row, status, reason]),
      [
        [1, 'queued', null],
        [2, 'blocked', 'empty-file'],
        [3, 'blocked', 'broken-file'],
        [4, 'blocked', 'unsupported-file'],
        [5, 'blocked', 'missing-file'],
      ],
    );
    assert.deepEqual(
      taken.refused.map(({ row }) => row),
      [6],
    );
    await outbox.run('run', '--until-empty');
    assert.equal(server.contents.length, 1);
    // Printed again, the mended document takes the place of the blocked one.
    await writeFile(join(folder, 'empty.pdf'), await pdfOf(1));
    const again = await json<Taken>(outbox, 'import', join(folder, 'm.csv'));
    assert.deepEqual(
      again.messages.map(({ row, status }) => [row, status]),
      [[2, 'queued']],
    );
  });

  test('a document of another company is refused: it must not go out under our name', async (t) => {
    const { outbox } = await company(t);
    await writeFile(
      join(outbox.folder, 'm.csv'),
      'file,type,number,customer,company\ninvoice.txt,invoice,1,01-ABF,OTHER\ninvoice.txt,invoice,2,01-ABF,ACME\n',
    );
    const { code, stdout } = await outbox.run('import', 'm.csv');
    assert.equal(code, 1);
    assert.match(stdout, /row 1: The document is of company OTHER/);
    assert.equal((await list(outbox)).length, 1);
  });

  test('JSON and XML say the same as CSV', async (t) => {
    const { outbox } = await company(t);
    await copyFile(join(outbox.folder, 'invoice.txt'), join(outbox.folder, 'b.txt'));
    await writeFile(
      join(outbox.folder, 'm.json'),
      JSON.stringify({
        documents: [{ file: 'invoice.txt', type: 'invoice', number: '1', customer: '01-ABF' }],
        total: { count: 1 },
      }),
    );
    await writeFile(
      join(outbox.folder, 'm.xml'),
      '<documents><document><file>b.txt</file><type>invoice</type><number>2</number><customer>01-ABF</customer></document></documents>',
    );
    for (const name of ['m.json', 'm.xml']) assert.equal((await outbox.run('import', name)).code, 0);
    assert.equal((await list(outbox)).length, 2);
  });
});

suite('outbox run and what follows', () => {
  test('failed is exit 1; resend --to makes a linked new message', async (t) => {
    const { outbox, server } = await company(t, (said, line) =>
      said === 'rcpt' && line.includes('ap@abf') ? '550 5.1.1 no such user' : undefined,
    );
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    assert.equal((await outbox.run('run', '--until-empty')).code, 1);
    const [failed] = await list(outbox, '--status', 'failed');
    assert.equal(failed!.reason, 'mailbox-unknown');
    assert.equal((await outbox.run('resend', failed!.id, '--to', 'new@abf.example')).code, 0);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    const fresh = (await list(outbox, '--search', 'new@abf')).at(-1)!;
    assert.deepEqual([fresh.status, fresh.resendOf], ['released', failed!.id]);
    assert.equal(server.contents.length, 1);
  });

  test('deferred waits for its time; retry makes it due now', async (t) => {
    let first = true;
    const { outbox } = await company(t, (said) => {
      if (said !== 'rcpt' || !first) return undefined;
      first = false;
      return '450 4.2.0 later';
    });
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    const [waiting] = await list(outbox);
    assert.deepEqual([waiting!.status, waiting!.tries], ['queued', 1]);
    await outbox.run('run', '--until-empty');
    assert.equal((await list(outbox))[0]!.status, 'queued');
    await outbox.run('retry', waiting!.id);
    await outbox.run('run', '--until-empty');
    assert.equal((await list(outbox))[0]!.status, 'released');
  });

  test('uncertain is exit 1, is not resent by itself or by release, and by retry it is', async (t) => {
    let first = true;
    const { outbox, server } = await company(t, (said) => {
      if (said !== 'content' || !first) return undefined;
      first = false;
      return 'drop';
    });
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    assert.equal((await outbox.run('run', '--until-empty')).code, 1);
    const [uncertain] = await list(outbox, '--status', 'uncertain');
    await outbox.run('run', '--until-empty');
    assert.equal((await outbox.run('release', uncertain!.id)).code, 1);
    assert.equal((await outbox.run('resend', uncertain!.id)).code, 1);
    assert.equal(server.contents.length, 1);
    assert.equal((await outbox.run('retry', uncertain!.id)).code, 0);
    await outbox.run('run', '--until-empty');
    assert.deepEqual([(await list(outbox))[0]!.status, server.contents.length], ['released', 2]);
    assert.equal(server.contents[0], server.contents[1], 'the bytes do not change between tries');
  });

  test('a mail system that is down is exit 3, and burns no try', async (t) => {
    const { outbox } = await company(t);
    await applySettings(outbox, 'transports:\n  office: { kind: smtp, host: 127.0.0.1, port: 1, tls: none }\n');
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    const { code, stderr } = await outbox.run('run', '--until-empty');
    assert.equal(code, 3);
    assert.match(stderr, /Transport office is stopped: .*ECONNREFUSED/);
    assert.deepEqual(
      (await list(outbox)).map(({ status, tries }) => [status, tries]),
      [['queued', 0]],
    );
  });

  test('show tells why this address, the history, the transcript, and the exact bytes', async (t) => {
    const { outbox, server } = await company(t);
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    await outbox.run('run', '--until-empty');
    const [message] = await list(outbox);
    const { stdout } = await outbox.run('show', message!.id.slice(-8), '--transcript');
    assert.match(stdout, /Why: .*directory|Why: .*rule/);
    assert.match(stdout, /C: MAIL FROM:<billing@acme\.example>/);
    assert.match(stdout, /S: 250 2\.0\.0 queued as A1/);
    assert.equal((await outbox.run('show', message!.id, '--eml')).stdout, server.contents[0]);
    assert.equal((await outbox.run('show', 'ffffffff')).code, 2);
  });

  test('a second worker exits 3 and says who works', async (t) => {
    const { outbox } = await company(t, (said) => (said === 'greeting' ? 'silence' : undefined));
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    const first = outbox.start(['run']);
    const store = await outbox.store();
    while ((await store.messages.find({ status: 'sending' })).length === 0);
    const { code, stderr } = await outbox.run('run', '--until-empty');
    assert.equal(code, 3);
    assert.match(stderr, new RegExp(`process ${first.child.pid}`));
    first.child.kill('SIGKILL');
    await first.ended;
  });
});

suite('outbox driver: as the external driver of another system', () => {
  test('takes the five arguments, keeps name and subject, and is queued with exit 0', async (t) => {
    const { outbox, server } = await company(t);
    await writeFile(join(outbox.folder, 'note.txt'), 'A note from the ERP.\r\n');
    const args = [
      'driver',
      'email',
      'ap@abf.example',
      join(outbox.folder, 'invoice.txt'),
      join(outbox.folder, 'note.txt'),
      'Invoice 77.txt',
      '-- Your invoice 77',
    ];
    assert.equal((await outbox.run(...args)).code, 0);
    await outbox.run('run', '--until-empty');
    assert.match(server.contents[0]!, /^Subject: -- Your invoice 77\r$/m);
    assert.match(server.contents[0]!, /filename="Invoice 77\.txt"/);
    assert.match(server.contents[0]!, /A note from the ERP\./);
  });

  test('a number that can not be dialled is not exit 0', async (t) => {
    const { outbox } = await company(t);
    const { code, stdout } = await outbox.run(
      'driver',
      'fax',
      '12',
      join(outbox.folder, 'invoice.txt'),
      '',
      'a.txt',
      's',
    );
    assert.equal(code, 1);
    assert.match(stdout, /fax number can not be right/);
  });
});

suite('outbox start', () => {
  test('sends what comes, takes in what is dropped, answers a monitor, and ends on SIGTERM', async (t) => {
    const { outbox, server } = await company(t);
    const { freePort } = await import('../support/daemon.ts');
    const port = await freePort();
    const drop = join(outbox.folder, 'drop');
    await mkdir(drop);
    const service = outbox.start(['start', '--port', String(port), '--watch', drop]);
    await writeFile(join(drop, '1.txt'), 'Invoice 1\n');
    await writeFile(join(drop, 'run.csv'), 'file,type,number,customer\n1.txt,invoice,1,01-ABF\n');
    await server.reached(1);
    await outbox.run(...sendArgs('2', '--customer', '01-ABF'));
    await server.reached(2);
    const answer = await fetch(`http://127.0.0.1:${port}/health`);
    assert.deepEqual([answer.status, ((await answer.json()) as { ok: boolean }).ok], [200, true]);
    await assert.rejects(access(join(drop, 'run.csv')));
    service.child.kill('SIGTERM');
    assert.equal((await service.ended).code, 0);
    assert.deepEqual(
      (await list(outbox)).map(({ status }) => status),
      ['released', 'released'],
    );
  });
});

suite('settings that change under waiting messages', () => {
  const without = (port: number): string =>
    `transports:\n  office: null\n  post: { kind: smtp, host: 127.0.0.1, port: ${port}, tls: none }\n` +
    'documentTypes:\n  invoice: { name: Invoice, fileName: a.pdf, email: { subject: s, note: n, transport: post }, fax: { subject: s, note: n, transport: faxes } }\n';

  test('a message whose transport is gone is blocked, not forgotten, and goes by the new one when it is released', async (t) => {
    const { outbox, server } = await company(t);
    await outbox.run(...sendArgs('1', '--customer', '01-ABF'));
    await outbox.run(...sendArgs('2', '--customer', '01-ABF', '--hold'));
    await applySettings(outbox, without(server.port));
    const run = await outbox.run('run', '--until-empty');
    assert.match(run.stderr, /1 blocked/);
    const [blocked, held] = await list(outbox);
    assert.deepEqual([blocked!.status, blocked!.reason, held!.status], ['blocked', 'no-transport', 'held']);
    assert.equal((await outbox.run('release', blocked!.id, held!.id)).code, 0);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    assert.deepEqual(
      [(await list(outbox)).map(({ status }) => status), server.contents.length],
      [['released', 'released'], 2],
    );
  });

  test('run --limit ends after so many', async (t) => {
    const { outbox, server } = await company(t);
    await outbox.run('import', await writeManifest(outbox, 5));
    await outbox.run('run', '--limit', '2');
    assert.equal(server.contents.length, 2);
    assert.equal((await list(outbox, '--status', 'queued')).length, 3);
  });
});
