// What the desk does over the API: lists, one message, actions on many, transports, customers, suppressions, settings. Answers hold the contract.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openServer, type TestServer } from '../support/server.ts';
import { sampleCustomer } from '../support/samples.ts';

const bytes = (words: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(words));

async function desk(t: TestContext): Promise<{ server: TestServer; admin: ReturnType<TestServer['client']> }> {
  const server = await openServer(t);
  return { server, admin: server.client(await server.addKey('admin', true)) };
}

/** @returns ids of so many invoices, oldest first */
async function sendMany(admin: ReturnType<TestServer['client']>, count: number, more: object = {}): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 1; number <= count; number++) {
    const form = { type: 'invoice', number: `N${number}`, customer: '01-ABF', ...more };
    const { messages } = await admin.sendDocument({
      form,
      files: [{ name: 'a.txt', bytes: bytes(`Invoice ${number}\n`) }],
    });
    ids.push(messages[0]!.id);
  }
  return ids;
}

test('a list comes in pages, newest first, and none is missed or told twice', async (t) => {
  const { admin } = await desk(t);
  const ids = await sendMany(admin, 5);
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await admin.listMessages({ query: { limit: 2, ...(cursor === undefined ? {} : { cursor }) } });
    found.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  }
  assert.deepEqual(found, ids.toReversed());
});

test('a filter means what all its words say', async (t) => {
  const { admin } = await desk(t);
  const [first] = await sendMany(admin, 2);
  await admin.actOnMessages({ body: { action: 'hold', ids: [first!] } });
  const idsOf = async (query: object): Promise<string[]> =>
    (await admin.listMessages({ query })).items.map(({ id }) => id);
  assert.deepEqual(await idsOf({ status: 'held' }), [first]);
  assert.deepEqual(
    await idsOf({ status: 'held', reason: 'on-hold', channel: 'email', type: 'invoice', transport: 'office' }),
    [first],
  );
  assert.deepEqual(await idsOf({ status: 'held', channel: 'fax' }), []);
  assert.deepEqual(await idsOf({ search: 'N1' }), [first]);
  assert.deepEqual(await idsOf({ search: '%' }), []);
  await assert.rejects(idsOf({ status: 'nonsense' }), { code: 'OBX231', status: 400 });
  await assert.rejects(idsOf({ nonsense: '1' }), { code: 'OBX231' });
});

test('one message tells its documents, why, history and attempts', async (t) => {
  const { admin } = await desk(t);
  const [id] = await sendMany(admin, 1);
  const message = await admin.getMessage({ params: { id: id! } });
  assert.equal(message.why.level, 'company');
  assert.deepEqual(
    message.history.map(({ by }) => by),
    ['key test admin'],
  );
  assert.deepEqual(message.attempts, []);
  await assert.rejects(admin.getMessage({ params: { id: 'nothing' } }), { code: 'OBX009', status: 404 });
});

test('an action on a filter says first how many it would touch, and touches them then', async (t) => {
  const { admin } = await desk(t);
  await sendMany(admin, 3);
  const filter = { customer: '01-ABF' };
  const before = await admin.actOnMessages({ body: { action: 'hold', filter, dryRun: true } });
  assert.deepEqual([before.touched, before.results], [3, []]);
  assert.equal((await admin.listMessages({ query: { status: 'held' } })).items.length, 0);
  const held = await admin.actOnMessages({ body: { action: 'hold', filter } });
  assert.deepEqual([held.touched, held.notDone], [3, 0]);
  assert.equal((await admin.actOnMessages({ body: { action: 'hold', filter, dryRun: true } })).touched, 0);
  assert.equal((await admin.actOnMessages({ body: { action: 'release', filter: { status: 'held' } } })).touched, 3);
  assert.equal((await admin.actOnMessages({ body: { action: 'retry', filter } })).touched, 3);
  assert.equal((await admin.actOnMessages({ body: { action: 'cancel', filter } })).touched, 3);
  const again = await admin.actOnMessages({ body: { action: 'resend', filter: { status: 'cancelled' } } });
  assert.equal(again.touched, 3);
  assert.ok(again.results.every((one) => one.new !== null));
});

test('what can not be done is said for each, and an action on nothing is refused', async (t) => {
  const { admin } = await desk(t);
  const [id] = await sendMany(admin, 1);
  const { notDone, results } = await admin.actOnMessages({ body: { action: 'resend', ids: [id!] } });
  assert.equal(notDone, 1);
  assert.match(results[0]!.text, /It is queued: it can not be sent again now/);
  const act = (body: object) => admin.actOnMessages({ body: { action: 'cancel', ...body } });
  for (const body of [{}, { filter: {} }, { ids: [id!], filter: { status: 'held' } }])
    await assert.rejects(act(body), { code: 'OBX231' });
  await assert.rejects(act({ ids: [id!, 'nothing'] }), { code: 'OBX009' });
  assert.equal((await admin.getMessage({ params: { id: id! } })).status, 'queued');
});

test('a batch shows counts, what is left and its history', async (t) => {
  const { server, admin } = await desk(t);
  const [id] = await sendMany(admin, 1);
  const message = (await server.opened.store.messages.get(id!))!;
  const batch = { id: 'b1', company: 'ACME', name: 'run', source: 'test', state: 'sealed' as const };
  const taken = { ...message, id: '01900000-0000-7000-8000-000000000001', batchId: 'b1' };
  await server.opened.store.takeIn.take({
    batch: { ...batch, expectedCount: 1, expectedAmount: null, createdAt: 1, sealedAt: 1 },
    documents: [],
    messages: [{ message: taken, request: {}, documentIds: [], keys: [], text: 'Taken in.' }],
    replaced: [],
    freed: [],
    events: [],
    by: 'test',
  });
  assert.deepEqual(
    (await admin.listBatches({ query: {} })).items.map((one) => [one.id, one.counts]),
    [['b1', { queued: 1 }]],
  );
  const whole = await admin.getBatch({ params: { id: 'b1' } });
  assert.deepEqual([whole.total, whole.left, whole.transports[0]!.transport], [1, 1, 'office']);
  await assert.rejects(admin.getBatch({ params: { id: 'b2' } }), { code: 'OBX009' });
});

test('a transport is paused with a reason, shown so, resumed and tested', async (t) => {
  const { admin } = await desk(t);
  await admin.pauseTransport({ params: { name: 'office' }, body: { reason: 'month end' } });
  const office = async () => (await admin.listTransports()).items.find(({ name }) => name === 'office')!;
  assert.equal((await office()).state, 'paused');
  assert.match((await office()).text, /^paused by key test admin .*: month end$/);
  await admin.resumeTransport({ params: { name: 'office' } });
  assert.equal((await office()).state, 'closed');
  assert.equal((await admin.testTransport({ params: { name: 'office' }, body: {} })).steps[0]!.text, 'Fine.');
  await assert.rejects(admin.resumeTransport({ params: { name: 'nothing' } }), { code: 'OBX009' });
  await assert.rejects(admin.resumeTransport({ params: { name: '__proto__' } }), { code: 'OBX009' });
});

test('an address is put on the list and lifted', async (t) => {
  const { admin } = await desk(t);
  const made = await admin.suppress({ body: { address: 'AP@abf.example', reason: 'left' } });
  assert.deepEqual([made.channel, made.reason], ['email', 'left']);
  assert.equal((await admin.listSuppressions()).items.length, 1);
  await admin.liftSuppression({ params: { address: 'AP@abf.example' } });
  assert.deepEqual((await admin.listSuppressions()).items, []);
  await assert.rejects(admin.liftSuppression({ params: { address: 'AP@abf.example' } }), { code: 'OBX009' });
  await assert.rejects(admin.suppress({ body: { address: 'nobody' } }), { code: 'OBX013' });
});

test('customers are listed, found, corrected, and imported without overwriting what a person gave', async (t) => {
  const { server, admin } = await desk(t);
  const more = sampleCustomer({ number: 'A/1 ü', name: 'Größe & Co' });
  await server.opened.store.customers.save([more], 0, 'import', () => 'new');
  const first = await admin.listCustomers({ query: { limit: 1 } });
  assert.equal(first.items[0]!.number, '01-ABF');
  const next = await admin.listCustomers({ query: { limit: 1, cursor: first.next! } });
  assert.deepEqual([next.items[0]!.number, next.next], ['A/1 ü', null]);
  assert.equal((await admin.listCustomers({ query: { search: '& co' } })).items.length, 1);
  const number = 'A/1 ü';
  const changed = await admin.setAddresses({ params: { number }, body: { email: ['new@abf.example'] } });
  assert.deepEqual(
    [changed.email, changed.fax, changed.owners.email],
    [['new@abf.example'], more.fax, 'key test admin'],
  );
  await assert.rejects(admin.setAddresses({ params: { number }, body: { email: ['nobody'] } }), { code: 'OBX013' });
  await assert.rejects(
    admin.setAddresses({ params: { number }, body: { email: ['a@b.example\r\nBcc: c@d.example'] } }),
    {
      code: 'OBX013',
    },
  );
  const files = [
    {
      name: 'customers.csv',
      bytes: bytes(`customer,name,email\n${number},Other,old@abf.example\nNEW,New,n@abf.example\n`),
    },
  ];
  const dry = await admin.importCustomers({ form: { dryRun: 'true' }, files });
  assert.deepEqual([dry.new, dry.kept[0]!.kept], [['NEW'], 'new@abf.example']);
  await assert.rejects(admin.getCustomer({ params: { number: 'NEW' } }), { code: 'OBX009' });
  await admin.importCustomers({ form: {}, files });
  assert.equal((await admin.getCustomer({ params: { number: 'NEW' } })).email[0], 'n@abf.example');
  const { history, email } = await admin.getCustomer({ params: { number } });
  assert.deepEqual([email, history[1]!.text], [['new@abf.example'], 'email: new@abf.example']);
});

test('settings are exported without secrets, shown as a difference, applied, and refused whole', async (t) => {
  const { admin } = await desk(t);
  const text =
    'transports:\n  relay: { kind: smtp, host: 127.0.0.1, port: 25, tls: none, user: a, password: hunter2hunter2, authInClear: true }\n';
  const dry = await admin.applySettings({ body: { text, dryRun: true } });
  assert.deepEqual(
    dry.changes.map(({ kind, name }) => [kind, name]),
    [['new', 'relay']],
  );
  assert.doesNotMatch((await admin.exportSettings()).text, /relay/);
  await admin.applySettings({ body: { text } });
  const exported = (await admin.exportSettings()).text;
  assert.match(exported, /relay:/);
  assert.doesNotMatch(exported + JSON.stringify(await admin.audit({ query: {} })), /hunter2/);
  await assert.rejects(admin.applySettings({ body: { text: 'nonsense: 1\n' } }), { code: 'OBX160', status: 400 });
});

test('what fails in Outbox itself is told with a number, and never with its words', async (t) => {
  const { server, admin } = await desk(t);
  server.opened.settings = () => Promise.reject(new Error('a secret of the inside'));
  const key = await server.addKey('admin');
  const answer = await fetch(`${server.url}/api/transports`, { headers: { authorization: `Bearer ${key}` } });
  const text = await answer.text();
  assert.deepEqual([answer.status, (JSON.parse(text) as { code: string }).code], [500, 'OBX246']);
  assert.doesNotMatch(text, /secret/);
  assert.match(server.told[0]!, new RegExp(`${answer.headers.get('x-request-id')}[^]*a secret of the inside`));
  await assert.rejects(admin.listTransports(), { status: 500 });
});

test('the description of the API has every route, with who may', async (t) => {
  const { server } = await desk(t);
  const described = (await (await fetch(`${server.url}/api/openapi.json`)).json()) as {
    openapi: string;
    paths: Record<string, Record<string, { description: string; requestBody?: unknown }>>;
  };
  assert.equal(described.openapi, '3.1.0');
  assert.equal(described.paths['/api/users']!.post!.description, 'May: admin.');
  assert.ok(described.paths['/api/documents']!.post!.requestBody);
  const page = await (await fetch(`${server.url}/api`)).text();
  for (const path of Object.keys(described.paths)) assert.ok(page.includes(path), path);
  assert.doesNotMatch(page, /(?:src|href)="https?:/);
});

test('metrics tell of messages, transports and requests', async (t) => {
  const { server, admin } = await desk(t);
  await sendMany(admin, 2);
  await server.opened.store.transports.state('office');
  const text = await (await fetch(`${server.url}/metrics`)).text();
  assert.match(text, /^outbox_messages\{state="queued",channel="email",transport="office"\} 2$/m);
  assert.match(text, /^outbox_breaker_state\{transport="office",state="closed",reason=""\} 1$/m);
  assert.match(text, /^outbox_ingest_total\{result="taken"\} 2$/m);
  assert.match(text, /^outbox_disk_free_bytes \d/m);
});

test('beyond this machine only who is signed in sees metrics and the words of the health', async (t) => {
  const server = await openServer(t, { change: { isLocal: false } });
  assert.equal((await fetch(`${server.url}/metrics`)).status, 401);
  assert.deepEqual(await (await fetch(`${server.url}/health`)).json(), { ok: true });
  const headers = { authorization: `Bearer ${await server.addKey('auditor')}` };
  assert.equal((await fetch(`${server.url}/metrics`, { headers })).status, 200);
  const health = (await (await fetch(`${server.url}/health`, { headers })).json()) as object;
  assert.ok('queued' in health);
});
