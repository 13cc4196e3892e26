// Documents over the network: streamed, bounded, under harmless names, to addresses on file, and never twice.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, readdir, utimes } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { safeName, sweepUploads } from '../../src/server/upload.ts';
import { openServer, type TestServer } from '../support/server.ts';

const text = (words: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(words));
const invoice = (number: string) => ({
  form: { type: 'invoice', number, customer: '01-ABF' },
  files: [{ name: `${number}.txt`, bytes: text(`Invoice ${number}\n`) }],
});

const leftIn = async ({ opened }: TestServer): Promise<string[]> =>
  readdir(join(opened.data, 'uploads')).catch(() => []);

test('a document that comes over the API is queued, can be read again, and nothing of the upload stays', async (t) => {
  const server = await openServer(t);
  const client = server.client(await server.addKey('integrator'));
  const { messages } = await client.sendDocument(invoice('100234'));
  const [message] = messages;
  assert.deepEqual(
    [message!.status, message!.recipient, message!.documents[0]!.file],
    ['queued', 'ap@abf.example', '100234.txt'],
  );
  const bytes = await client.getDocument({ params: { id: message!.documents[0]!.id } });
  assert.equal(Buffer.from(bytes).toString(), 'Invoice 100234\n');
  const mail = Buffer.from(await client.getMail({ params: { id: message!.id } })).toString();
  assert.match(mail, /^Subject: Invoice 100234\r$/m);
  assert.deepEqual(await leftIn(server), []);
});

test('several files are one set, held when that is asked for, and not before its time', async (t) => {
  const server = await openServer(t);
  const client = server.client(await server.addKey('clerk'));
  const { messages } = await client.sendDocument({
    form: { type: 'invoice', number: '7', customer: '01-ABF', hold: 'true', at: '2099-01-01T08:00:00-07:00' },
    files: [
      { name: 'a.txt', bytes: text('A\n') },
      { name: 'b.txt', bytes: text('B\n') },
    ],
  });
  assert.deepEqual(
    messages.map(({ status, documents }) => [status, documents.map(({ file }) => file)]),
    [['held', ['a.txt', 'b.txt']]],
  );
  assert.equal(messages[0]!.dueAt, '2099-01-01T15:00:00.000Z');
});

test('the same key with the same bytes is the same message; with other bytes it is refused', async (t) => {
  const server = await openServer(t);
  const client = server.client(await server.addKey('integrator'));
  const first = await client.sendDocument({ ...invoice('1'), key: 'run-7' });
  const again = await client.sendDocument({ ...invoice('1'), key: 'run-7' });
  assert.deepEqual([again.messages, again.known[0]!.message], [[], first.messages[0]!.id]);
  const other = { ...invoice('1'), files: [{ name: '1.txt', bytes: text('Other\n') }], key: 'run-7' };
  await assert.rejects(client.sendDocument(other), {
    code: 'OBX247',
    status: 422,
    message: /was used before for other bytes/,
  });
  await assert.rejects(client.sendDocument({ ...invoice('2'), key: 'with a blank' }), { code: 'OBX231' });
  assert.equal((await server.opened.store.messages.find({})).length, 1);
});

test('an address that is not on file needs the right to it', async (t) => {
  const server = await openServer(t);
  const clerk = server.client(await server.addKey('clerk'));
  const trusted = server.client(await server.addKey('clerk', true));
  const to = (email: string) => ({ ...invoice('5'), form: { ...invoice('5').form, email } });
  await assert.rejects(clerk.sendDocument(to('eve@evil.example')), { code: 'OBX242', status: 403 });
  await assert.rejects(clerk.sendDocument(to('ap@abf.example; eve@evil.example')), { code: 'OBX242' });
  await assert.rejects(clerk.sendDocument({ ...invoice('5'), form: { type: 'invoice', email: 'ap@abf.example' } }), {
    code: 'OBX242',
  });
  assert.equal((await clerk.sendDocument(to('ap@ABF.example'))).messages[0]!.recipient, 'ap@ABF.example');
  assert.equal((await trusted.sendDocument(to('new@abf.example'))).messages[0]!.recipient, 'new@abf.example');
});

test('sent again to another address only by who may', async (t) => {
  const server = await openServer(t);
  const clerk = server.client(await server.addKey('clerk'));
  const trusted = server.client(await server.addKey('clerk', true));
  const { messages } = await clerk.sendDocument(invoice('9'));
  const ids = [messages[0]!.id];
  await clerk.actOnMessages({ body: { action: 'cancel', ids } });
  const to = { action: 'resend', ids, to: 'eve@evil.example' } as const;
  await assert.rejects(clerk.actOnMessages({ body: to }), { code: 'OBX242' });
  await assert.rejects(clerk.actOnMessages({ body: { ...to, action: 'release' } }), { code: 'OBX231' });
  const done = await trusted.actOnMessages({ body: to });
  assert.equal(done.touched, 1);
  assert.equal((await trusted.getMessage({ params: { id: done.results[0]!.new! } })).recipient, 'eve@evil.example');
});

test('names of files lead nowhere and end nothing', () => {
  assert.equal(safeName('../../etc/passwd'), 'passwd');
  assert.equal(safeName('C:\\temp\\invoice.pdf'), 'invoice.pdf');
  assert.equal(safeName('..'), 'document');
  assert.equal(safeName(''), 'document');
  assert.equal(safeName('a\r\nX: y.pdf'), 'a__X_ y.pdf');
  assert.equal(safeName('fdp.\u202eexe.pdf'), 'fdp._exe.pdf');
  assert.equal(safeName('Rechnung Müller.pdf'), 'Rechnung Müller.pdf');
  assert.ok(Buffer.byteLength(safeName(`${'ü'.repeat(300)}.pdf`)) <= 150);
});

test('a file whose name climbs out of the folder stays in it', async (t) => {
  const server = await openServer(t);
  const client = server.client(await server.addKey('integrator'));
  for (const [at, name] of [
    '../../../evil.txt',
    '..\\..\\evil.txt',
    '/etc/evil.txt',
    '....//evil.txt',
    '.',
  ].entries()) {
    const { messages } = await client.sendDocument({
      ...invoice(`P${at}`),
      files: [{ name, bytes: text(`${name}\n`) }],
    });
    assert.match(messages[0]!.documents[0]!.file, /^(evil\.txt|document)$/);
  }
  assert.deepEqual(
    (await readdir(server.opened.data)).filter((name) => name.includes('evil')),
    [],
  );
  assert.deepEqual(await leftIn(server), []);
});

test('documents that do not exist, or climb, are not found', async (t) => {
  const server = await openServer(t);
  const key = await server.addKey('auditor');
  for (const id of ['nothing', '..%2f..%2fsecret.key', '%2e%2e', '%00', "' or 1=1 --"]) {
    const answer = await fetch(`${server.url}/api/documents/${id}/content`, {
      headers: { authorization: `Bearer ${key}` },
    });
    assert.ok([404, 400].includes(answer.status), `${id} ${answer.status}`);
  }
});

test('what is too large, or too much, is refused and leaves nothing', async (t) => {
  const server = await openServer(t, { bounds: { fileSize: 100_000, files: 2, body: 10_000 } });
  const client = server.client(await server.addKey('admin'));
  const large = { name: 'large.txt', bytes: new Uint8Array(200_000).fill(65) };
  await assert.rejects(client.sendDocument({ ...invoice('1'), files: [large] }), { code: 'OBX237', status: 413 });
  const small = { name: 'small.txt', bytes: text('A\n') };
  await assert.rejects(client.sendDocument({ ...invoice('1'), files: [small, small, small] }), { code: 'OBX237' });
  await assert.rejects(client.applySettings({ body: { text: 'x'.repeat(20_000) } }), { code: 'OBX237' });
  await assert.rejects(client.sendDocument({ ...invoice('1'), files: [] }), { code: 'OBX231' });
  assert.deepEqual(await leftIn(server), []);
  assert.deepEqual(await server.opened.store.messages.find({}), []);
});

test('an upload that brings nothing more is given up, and leaves nothing', async (t) => {
  const server = await openServer(t, { bounds: { uploadIdleMs: 50 } });
  const key = await server.addKey('integrator');
  const sending = request(`${server.url}/api/documents`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': '5000',
    },
  });
  sending.on('error', () => {});
  sending.write('--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of it');
  const [answer] = (await once(sending, 'response')) as [{ statusCode: number }];
  assert.equal(answer.statusCode, 408);
  assert.deepEqual(await server.opened.store.messages.find({}), []);
  await server.stop();
  assert.deepEqual(await leftIn(server), []);
  assert.deepEqual(server.told, []);
});

test('without a right to it nothing of an upload is read', async (t) => {
  const server = await openServer(t);
  const key = await server.addKey('auditor');
  const sending = request(`${server.url}/api/documents`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'multipart/form-data; boundary=x',
      'content-length': '5000',
    },
  });
  sending.on('error', () => {});
  sending.flushHeaders();
  const [answer] = (await once(sending, 'response')) as [{ statusCode: number }];
  assert.equal(answer.statusCode, 403);
  sending.destroy();
});

test('what a server that died left behind is removed; what is under way elsewhere stays', async (t) => {
  const server = await openServer(t);
  const at = (name: string): string => join(server.opened.data, 'uploads', name);
  await mkdir(at('old'), { recursive: true });
  await mkdir(at('new'));
  const longAgo = new Date(Date.now() - 2 * 3_600_000);
  await utimes(at('old'), longAgo, longAgo);
  await sweepUploads(server.parts);
  assert.deepEqual(await leftIn(server), ['new']);
});
