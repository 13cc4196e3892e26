// Signing in: the first link, sessions that nobody can plant or keep, requests that only our own pages can make, and guessing that gets slow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodPassword, openServer, type TestServer } from '../support/server.ts';

interface Asking {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

async function ask({ url }: TestServer, path: string, { method = 'GET', body, headers = {} }: Asking = {}) {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = (text === '' ? {} : JSON.parse(text)) as { code?: string; name?: string; role?: string };
  return { status: answer.status, json, cookies: answer.headers.getSetCookie(), headers: answer.headers };
}

const signIn = (server: TestServer, name: string, password: string, headers: Record<string, string> = {}) =>
  ask(server, '/api/session', { method: 'POST', body: { name, password }, headers });

test('the first administrator comes by the link of the console, once', async (t) => {
  const server = await openServer(t);
  const make = (token: string, name: string) =>
    ask(server, '/api/setup', { method: 'POST', body: { token, name, password: goodPassword } });
  assert.deepEqual((await make('guessed', 'eve')).json.code, 'OBX239');
  const made = await make(server.setup, 'anna');
  assert.deepEqual([made.status, made.json.role], [201, 'admin']);
  assert.equal((await make(server.setup, 'eve')).json.code, 'OBX239');
  assert.equal((await signIn(server, 'anna', goodPassword)).status, 201);
  assert.equal((await signIn(server, 'eve', goodPassword)).status, 401);
});

test('of two who use the first link at the same time one is made', async (t) => {
  const server = await openServer(t);
  const body = (name: string) => ({ token: server.setup, name, password: goodPassword });
  const answers = await Promise.all(
    ['anna', 'eve'].map((name) => ask(server, '/api/setup', { method: 'POST', body: body(name) })),
  );
  assert.deepEqual(answers.map(({ status }) => status).toSorted(), [201, 403]);
  assert.equal((await server.opened.store.accounts.all()).length, 1);
});

test('a short password is refused', async (t) => {
  const server = await openServer(t);
  const body = { token: server.setup, name: 'anna', password: 'short' };
  assert.equal((await ask(server, '/api/setup', { method: 'POST', body })).json.code, 'OBX231');
});

test('the cookie can not be read by a page, nor sent by a foreign one, nor over a clear line', async (t) => {
  const server = await openServer(t, { change: { secure: true } });
  await server.addUser('anna', 'clerk');
  const [cookie] = (await signIn(server, 'anna', goodPassword)).cookies;
  assert.match(cookie!, /^__Host-outbox=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
});

test('a session that somebody planted in the browser is worth nothing after signing in', async (t) => {
  const server = await openServer(t);
  await server.addUser('eve', 'clerk');
  await server.addUser('anna', 'admin');
  const planted = await server.signIn('eve');
  const { cookies } = await signIn(server, 'anna', goodPassword, { cookie: planted, origin: server.url });
  const fresh = cookies[0]!.split(';')[0]!;
  assert.notEqual(fresh, planted);
  assert.equal((await ask(server, '/api/session', { headers: { cookie: planted } })).status, 401);
  assert.equal((await ask(server, '/api/session', { headers: { cookie: fresh } })).json.name, 'anna');
  const made = await signIn(server, 'anna', goodPassword, { cookie: 'outbox=chosen-by-eve', origin: server.url });
  assert.doesNotMatch(made.cookies[0]!, /chosen-by-eve/);
});

test('what changes something must come from a page of this server', async (t) => {
  const server = await openServer(t);
  await server.addUser('anna', 'admin');
  const cookie = await server.signIn('anna');
  const pause = (headers: Record<string, string>) =>
    ask(server, '/api/transports/office/pause', { method: 'POST', body: {}, headers: { cookie, ...headers } });
  assert.equal((await pause({})).json.code, 'OBX236');
  assert.equal((await pause({ origin: 'https://evil.example' })).json.code, 'OBX236');
  assert.equal((await pause({ origin: 'null' })).json.code, 'OBX236');
  assert.equal((await pause({ 'sec-fetch-site': 'cross-site' })).json.code, 'OBX236');
  assert.equal((await pause({ origin: `${server.url}.evil.example` })).json.code, 'OBX236');
  assert.equal((await pause({ origin: server.url })).status, 204);
  // A login for a proxy on the way takes nothing from this, and stands in nobody's way.
  const authorization = `Basic ${btoa('proxy:secret')}`;
  assert.equal((await pause({ origin: 'https://evil.example', authorization })).json.code, 'OBX236');
  assert.equal((await pause({ origin: server.url, authorization })).status, 204);
  assert.equal((await signIn(server, 'anna', goodPassword, { origin: 'https://evil.example' })).json.code, 'OBX236');
});

test('a form of another page is not even read', async (t) => {
  const server = await openServer(t);
  await server.addUser('anna', 'admin');
  const cookie = await server.signIn('anna');
  for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
    const headers = { cookie, origin: server.url, 'content-type': type };
    const answer = await fetch(`${server.url}/api/users`, { method: 'POST', headers, body: '{"name":"eve"}' });
    assert.equal(((await answer.json()) as { code: string }).code, 'OBX243', type);
  }
});

test('guessing a password gets slow for the account, and then for the address, until time has passed', async (t) => {
  let now = Date.now();
  const server = await openServer(t, { change: { now: () => now } });
  await server.addUser('anna', 'clerk');
  const guesses = await Promise.all(Array.from({ length: 12 }, () => signIn(server, 'anna', 'wrong wrong wrong')));
  const codes = Map.groupBy(guesses, ({ json }) => json.code);
  assert.deepEqual([codes.get('OBX235')?.length, codes.get('OBX234')?.length], [5, 7]);
  const right = await signIn(server, 'anna', goodPassword);
  assert.deepEqual([right.status, right.headers.get('retry-after')], [429, '30']);
  now += 31_000;
  assert.equal((await signIn(server, 'anna', goodPassword)).status, 201);
  assert.equal((await signIn(server, 'anna', 'wrong wrong wrong')).status, 401);
  const names = Array.from({ length: 40 }, (_, at) => `user${at}`);
  const answers = [];
  for (const name of names) answers.push((await signIn(server, name, 'wrong wrong wrong')).status);
  assert.equal(answers.at(-1), 429);
  const refused = (await server.opened.store.events.of('user', 'anna')).filter(
    ({ what }) => what === 'sign-in refused',
  );
  assert.deepEqual([refused.length, refused[0]!.by], [6, '127.0.0.1']);
});

test('a session ends when its person signs out, is disabled or gets a new password, and when nobody used it for long', async (t) => {
  let now = Date.now();
  const server = await openServer(t, { change: { now: () => now } });
  await server.addUser('anna', 'admin');
  await server.addUser('bert', 'clerk');
  const isIn = async (cookie: string): Promise<boolean> =>
    (await ask(server, '/api/session', { headers: { cookie } })).status === 200;
  const origin = server.url;
  const one = await server.signIn('bert');
  assert.ok(await isIn(one));
  assert.equal((await ask(server, '/api/session', { method: 'DELETE', headers: { cookie: one, origin } })).status, 204);
  assert.ok(!(await isIn(one)));

  const two = await server.signIn('bert');
  const other = await server.signIn('bert');
  const body = { old: goodPassword, new: 'another long password' };
  const changed = await ask(server, '/api/session/password', { method: 'PUT', body, headers: { cookie: two, origin } });
  assert.equal(changed.status, 204);
  assert.deepEqual([await isIn(two), await isIn(other)], [true, false]);

  const admin = { cookie: await server.signIn('anna'), origin };
  await ask(server, '/api/users/bert', { method: 'PATCH', body: { disabled: true }, headers: admin });
  assert.ok(!(await isIn(two)));
  assert.equal((await signIn(server, 'bert', body.new)).status, 401);

  now += 13 * 3_600_000;
  assert.ok(!(await isIn(admin.cookie)));
});

test('a role that is taken away is gone at the next request', async (t) => {
  const server = await openServer(t);
  await server.addUser('anna', 'admin');
  await server.addUser('bert', 'admin');
  const cookie = await server.signIn('bert');
  const origin = server.url;
  assert.equal((await ask(server, '/api/users', { headers: { cookie } })).status, 200);
  const admin = { cookie: await server.signIn('anna'), origin };
  await ask(server, '/api/users/bert', { method: 'PATCH', body: { role: 'clerk' }, headers: admin });
  assert.equal((await ask(server, '/api/users', { headers: { cookie } })).json.code, 'OBX233');
  const last = await ask(server, '/api/users/anna', { method: 'PATCH', body: { role: 'clerk' }, headers: admin });
  assert.equal(last.json.code, 'OBX244');
  const body = { text: 'users: { anna: { role: clerk } }\n' };
  const applied = await ask(server, '/api/settings', { method: 'POST', body, headers: admin });
  assert.equal(applied.json.code, 'OBX244');
  assert.equal((await ask(server, '/api/users', { headers: admin })).status, 200);
});

test('a key works until it is revoked, and no key can be read anywhere again', async (t) => {
  const server = await openServer(t);
  const admin = server.client(await server.addKey('admin'));
  const made = await admin.makeKey({ body: { name: 'ERP', role: 'integrator' } });
  const program = server.client(made.key);
  assert.equal((await program.whoAmI()).role, 'integrator');
  const listed = await admin.listKeys();
  assert.ok(!JSON.stringify(listed).includes(made.key));
  await admin.revokeKey({ params: { id: made.id } });
  await assert.rejects(program.whoAmI(), { status: 401 });
  const trail = await admin.audit({ query: { subject: 'key' } });
  assert.deepEqual(trail.items.map(({ what, subjectId }) => [what, subjectId === made.id]).slice(0, 2), [
    ['revoked', true],
    ['made', true],
  ]);
});

test('what people do to users stands in the audit log with who did it, and never a password', async (t) => {
  const server = await openServer(t);
  const admin = server.client(await server.addKey('admin'));
  await admin.makeUser({ body: { name: 'bert', password: goodPassword, role: 'clerk' } });
  await admin.changeUser({ params: { name: 'bert' }, body: { anyAddress: true, password: 'another long password' } });
  const { items } = await admin.audit({ query: { subject: 'user' } });
  assert.deepEqual(items.map(({ what, by, text }) => [what, by, text]).toReversed(), [
    ['made', 'key test admin', 'Role clerk.'],
    ['changed', 'key test admin', 'Role clerk, may send to any address.'],
    ['changed', 'key test admin', 'New password.'],
  ]);
  assert.ok(!JSON.stringify(items).includes('password}'));
  await assert.rejects(admin.makeUser({ body: { name: 'bert', password: goodPassword, role: 'clerk' } }), {
    code: 'OBX245',
  });
});
