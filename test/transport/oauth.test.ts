// Getting a token from Microsoft, Google, or by a refresh token: what is asked, how it is signed, and what a refusal tells the person.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import type { OAuthSettings } from '../../src/message/settings.ts';
import { openGrant } from '../../src/transport/oauth/open-grant.ts';
import { TokenFault } from '../../src/transport/oauth/token-fault.ts';
import { makeApplicationCertificate, makeCertificates } from '../support/certificates.ts';
import { startGoogle } from '../support/google.ts';
import { createTenant, type Tenant } from '../support/microsoft/tenant.ts';
import { startTokenEndpoint, type TokenEndpoint } from '../support/microsoft/token-endpoint.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTokenServer } from '../support/token-server.ts';

const user = 'billing@acme.example';
const secret = 'hunter2~secret.value';
const mail = 'https://outlook.office365.com';

type Microsoft = Extract<OAuthSettings, { kind: 'microsoft' }>;

interface Wish {
  oauth?: Partial<Microsoft>;
  secret?: string;
  purpose?: 'mail' | 'graph';
  now?: () => number;
}

const clientOf = (tenant: Tenant): string => [...tenant.applications.keys()][0]!;

async function ask(oauth: OAuthSettings, wish: Wish = {}): Promise<string> {
  const { now = Date.now, purpose = 'mail' } = wish;
  const grant = await openGrant(oauth, { user, purpose, now, secret: () => Promise.resolve(wish.secret ?? secret) });
  return (await grant.fetch(null)).token;
}

function askMicrosoft(tenant: Tenant, endpoint: TokenEndpoint, wish: Wish = {}): Promise<string> {
  const proof = { secret: { env: 'X' }, certificate: null, tokenUrl: endpoint.url, scope: null } as const;
  return ask({ kind: 'microsoft', tenant: tenant.id, client: clientOf(tenant), ...proof, ...wish.oauth }, wish);
}

async function faultOf(asking: Promise<string>): Promise<TokenFault> {
  const error = await asking.then(
    () => assert.fail('no token was to be had'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TokenFault, String(error));
  return error;
}

const wordsOf = ({ message, hint }: TokenFault): string => `${message} ${hint}`;

suite('Microsoft', () => {
  async function microsoft(t: TestContext, wish: { certificate?: string } = {}) {
    const tenant = createTenant({ secret, ...wish });
    return { tenant, endpoint: await startTokenEndpoint(t, tenant) };
  }

  test('a secret gets a token for mail, or for Graph, and neither is good for the other', async (t) => {
    const { tenant, endpoint } = await microsoft(t);
    const forMail = await askMicrosoft(tenant, endpoint);
    const forGraph = await askMicrosoft(tenant, endpoint, { purpose: 'graph' });
    assert.deepEqual(tenant.check(forMail, mail), { ok: true, client: clientOf(tenant) });
    assert.deepEqual(tenant.check(forGraph, mail), { ok: false, why: 'audience' });
    assert.equal(tenant.check(forGraph, 'https://graph.microsoft.com').ok, true);
  });

  test('a certificate gets one, by an assertion that is signed anew each time', async (t) => {
    const { certificate, both } = makeApplicationCertificate(await temporaryFolder(t));
    const { tenant, endpoint } = await microsoft(t, { certificate });
    const oauth = { secret: null, certificate: { file: both } };
    for (let count = 0; count < 2; count++) {
      assert.equal(tenant.check(await askMicrosoft(tenant, endpoint, { oauth }), mail).ok, true);
    }
    const [form] = endpoint.forms;
    const header = JSON.parse(
      Buffer.from(form!.get('client_assertion')!.split('.')[0]!, 'base64url').toString(),
    ) as object;
    assert.deepEqual(Object.keys(header), ['alg', 'typ', 'x5t#S256']);
    assert.equal(form!.has('client_secret'), false);
  });

  test('a certificate that the application does not know is refused with what to do', async (t) => {
    const folder = await temporaryFolder(t);
    const { certificate } = makeApplicationCertificate(folder);
    const { tenant, endpoint } = await microsoft(t, { certificate });
    const other = makeApplicationCertificate(folder, 'other');
    const oauth = { secret: null, certificate: { file: other.both } };
    const fault = await faultOf(askMicrosoft(tenant, endpoint, { oauth }));
    assert.equal(fault.fault, 'auth');
    assert.match(wordsOf(fault), /AADSTS700027.*Upload the certificate/);
  });

  test('a key that is not the one of its certificate, or a certificate that has ended, is told before anybody is asked', async (t) => {
    const folder = await temporaryFolder(t);
    const { tenant, endpoint } = await microsoft(t);
    const { certificate, both } = makeApplicationCertificate(folder);
    const mixed = join(folder, 'mixed.pem');
    const { readFile } = await import('node:fs/promises');
    makeApplicationCertificate(folder, 'other');
    await writeFile(mixed, (await readFile(certificate, 'utf8')) + (await readFile(join(folder, 'other.key'), 'utf8')));
    for (const [file, words, now] of [
      [mixed, /not the one of the certificate/, Date.now],
      [both, /the certificate ended on/, () => Date.now() + 40 * 86_400_000],
      [certificate, /it has no private key/, Date.now],
      [join(folder, 'none.pem'), /ENOENT/, Date.now],
    ] as const) {
      const oauth = { secret: null, certificate: { file } };
      const fault = await faultOf(askMicrosoft(tenant, endpoint, { oauth, now }));
      assert.equal(fault.fault, 'configuration');
      assert.match(wordsOf(fault), words);
    }
    assert.equal(endpoint.requests, 0);
  });

  test('a wrong clock is told as one', async (t) => {
    const { certificate, both } = makeApplicationCertificate(await temporaryFolder(t));
    const { tenant, endpoint } = await microsoft(t, { certificate });
    const oauth = { secret: null, certificate: { file: both } };
    const fault = await faultOf(askMicrosoft(tenant, endpoint, { oauth, now: () => Date.now() - 3_600_000 }));
    assert.match(wordsOf(fault), /AADSTS700024.*Set the clock/);
  });

  test('every refusal says the next step, waits for a person, and shows no secret', async (t) => {
    const { tenant, endpoint } = await microsoft(t);
    const client = clientOf(tenant);
    const expired = 'an-old-secret-value';
    tenant.applications.get(client)!.secrets.push({ value: expired, isExpired: true });
    const elsewhere = `${endpoint.origin}/${randomUUID()}/oauth2/v2.0/token`;
    for (const [wish, fault, words] of [
      [{ secret: 'a-wrong-secret' }, 'auth', /AADSTS7000215.*make a new client secret, copy its value/],
      [{ secret: expired }, 'auth', /AADSTS7000222.*has expired.*make a new client secret/],
      [{ oauth: { client: 'f00d' } }, 'configuration', /AADSTS700016.*Check client/],
      [{ oauth: { tokenUrl: elsewhere } }, 'configuration', /AADSTS90002.*Check tenant/],
      [{ oauth: { scope: 'https://x.example/.default' } }, 'configuration', /AADSTS500011/],
      [{ oauth: { scope: 'Mail.Send' } }, 'configuration', /AADSTS1002012.*Leave scope out/],
    ] as const) {
      const found = await faultOf(askMicrosoft(tenant, endpoint, wish));
      assert.equal(found.fault, fault);
      assert.match(wordsOf(found), words);
      assert.doesNotMatch(wordsOf(found), /Trace ID/);
      for (const hidden of ['a-wrong-secret', expired, secret])
        assert.ok(!inspect(found, { depth: 9 }).includes(hidden));
    }
  });

  test('an endpoint that repeats our secret in its error does not bring it into ours', async (t) => {
    const tenant = createTenant({ secret });
    const server = await startTokenServer(t, (_path, form) => ({
      status: 400,
      body: {
        error: 'invalid_client',
        error_description: `AADSTS7000215: not ${form.get('client_secret')} in ${form.toString()}`,
      },
    }));
    const oauth = { tokenUrl: `${server.origin}/x` };
    const fault = await faultOf(askMicrosoft(tenant, { url: '' } as TokenEndpoint, { oauth }));
    for (const written of [secret, new URLSearchParams({ s: secret }).toString().slice(2)])
      assert.ok(!inspect(fault, { depth: 9 }).includes(written));
    assert.match(fault.message, /not \(secret\)/);
  });

  test('an endpoint that is down or busy is nobody to be asked for: it is tried again', async (t) => {
    const { tenant, endpoint } = await microsoft(t);
    for (const [fault, words, retryAfterMs] of [
      ['drop', /gives no answer/, null],
      [{ status: 503, body: 'busy' }, /it answered 503/, null],
      [{ status: 429, body: {}, headers: { 'Retry-After': '17' } }, /it answered 429/, 17_000],
      [{ status: 200, body: '<html>log in to the hotel</html>' }, /what is no token/, null],
      [{ status: 302, body: '', headers: { Location: `${endpoint.origin}/elsewhere` } }, /gives no answer/, null],
    ] as const) {
      endpoint.fault = fault;
      const found = await faultOf(askMicrosoft(tenant, endpoint));
      assert.deepEqual([found.fault, found.retryAfterMs], ['connect', retryAfterMs]);
      assert.match(found.message, words);
    }
    assert.equal(endpoint.forms.filter((form) => !form.has('client_secret')).length, 0, 'a redirect is not followed');
  });
});

suite('Google', () => {
  async function google(t: TestContext) {
    const folder = await temporaryFolder(t);
    const there = await startGoogle(t, folder, makeCertificates(folder), user);
    const oauth = { kind: 'google', key: { file: there.keyFile }, tokenUrl: null } as const;
    return { ...there, folder, oauth };
  }

  test('a service account gets a token for the mailbox that it acts for', async (t) => {
    const { oauth, tokens } = await google(t);
    assert.match(await ask(oauth), /^ya29\./);
    const [, body] = tokens.forms[0]!.get('assertion')!.split('.');
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown>;
    assert.deepEqual([claims['sub'], claims['scope']], [user, 'https://mail.google.com/']);
  });

  test('without the right of the Admin console, the client id and the scope to add are said', async (t) => {
    const { oauth, scopes } = await google(t);
    scopes.length = 0;
    const fault = await faultOf(ask(oauth));
    assert.equal(fault.fault, 'auth');
    assert.match(
      wordsOf(fault),
      /Domain-wide delegation, add the client id 104000000000000000001 with the scope https:\/\/mail\.google\.com\//,
    );
  });

  test('a wrong user, a deleted key and a wrong clock are told apart', async (t) => {
    const { oauth, keyFile, folder } = await google(t);
    const { readFile } = await import('node:fs/promises');
    const other = join(folder, 'other.json');
    makeApplicationCertificate(folder, 'stray');
    const stray = await readFile(join(folder, 'stray.key'), 'utf8');
    await writeFile(
      other,
      JSON.stringify({ ...(JSON.parse(await readFile(keyFile, 'utf8')) as object), private_key: stray }),
    );
    const parts = {
      user: 'nobody@acme.example',
      purpose: 'mail',
      now: Date.now,
      secret: () => Promise.resolve(''),
    } as const;
    const wrongUser = openGrant(oauth, parts).then(async (grant) => (await grant.fetch(null)).token);
    assert.match(wordsOf(await faultOf(wrongUser)), /nobody@acme\.example must be a user/);
    assert.match(wordsOf(await faultOf(ask({ ...oauth, key: { file: other } }))), /make a new JSON key/);
    assert.match(wordsOf(await faultOf(ask(oauth, { now: () => 0 }))), /Set the clock/);
  });

  test('a file that is no key is told, and not a word of it shown', async (t) => {
    const { oauth, folder } = await google(t);
    for (const text of ['private stuff', '{"private_key":"private stuff"}', '{}']) {
      const file = join(folder, 'broken.json');
      await writeFile(file, text);
      const fault = await faultOf(ask({ ...oauth, key: { file } }));
      assert.equal(fault.code, 'OBX172');
      assert.ok(!inspect(fault, { depth: 9 }).includes('private stuff'));
    }
  });
});

suite('A refresh token', () => {
  const oauth = { kind: 'refresh', client: 'app-1', secret: null, refreshToken: { env: 'X' }, scope: null } as const;

  test('is exchanged, and the newest one is used', async (t) => {
    const server = await startTokenServer(t, (_path, form) =>
      form.get('grant_type') === 'refresh_token'
        ? { status: 200, body: { access_token: 'abc', expires_in: '60', refresh_token: 'newer' } }
        : { status: 400, body: {} },
    );
    const parts = { user, purpose: 'mail', now: Date.now, secret: () => Promise.resolve('first') } as const;
    const grant = await openGrant({ ...oauth, tokenUrl: `${server.origin}/token` }, parts);
    const granted = await grant.fetch(null);
    assert.deepEqual(granted, { token: 'abc', lifetimeMs: 60_000, refreshToken: 'newer' });
    await grant.fetch('newer');
    assert.deepEqual(
      server.forms.map((form) => [form.get('refresh_token'), form.get('client_id'), form.has('client_secret')]),
      [
        ['first', 'app-1', false],
        ['newer', 'app-1', false],
      ],
    );
  });

  test('that is used up asks for a new login', async (t) => {
    const server = await startTokenServer(t, () => ({
      status: 400,
      body: {
        error: 'invalid_grant',
        error_description: 'AADSTS700082: The refresh token has expired due to inactivity.',
      },
    }));
    const fault = await faultOf(ask({ ...oauth, tokenUrl: `${server.origin}/token` }));
    assert.match(wordsOf(fault), /log in again as billing@acme\.example/);
  });
});
