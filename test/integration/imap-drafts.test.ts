// Drafts by IMAP in the mailbox of a real Dovecot: found folder, flags, bytes, logins, and a line that breaks at the worst places.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import type { OutlookImapSettings } from '../../src/message/settings.ts';
import type { Outcome } from '../../src/message/transport.ts';
import { composeFor } from '../../src/transport/mime/job-content.ts';
import type { TokenSource } from '../../src/transport/oauth/token-source.ts';
import { createOutlookImapTransport } from '../../src/transport/outlook/by-imap.ts';
import { makeCertificates } from '../support/certificates.ts';
import { type Cut, startCuttingProxy } from '../support/cutting-proxy.ts';
import { type ImapServer, startDovecotImap } from '../support/dovecot-imap.ts';
import { sampleJob, simpleTokens } from '../support/jobs.ts';
import { isRoot, isThere } from '../support/requirement.ts';
import { temporaryFolder } from '../support/temporary.ts';

const user = 'clerk@acme.example';
const password = 'pass "word" \\ ü';

const marked = `  mailbox Konzepte {
    special_use = \\Drafts
    auto = create
  }
  mailbox Drafts {
    auto = create
  }`;

interface World {
  server: ImapServer;
  ca: string;
  settings(change?: Partial<OutlookImapSettings>): OutlookImapSettings;
}

/** @returns null where no Dovecot can run */
async function world(t: TestContext, folders = marked, introspection?: string): Promise<World | null> {
  if (!isThere(t, 'Dovecot with IMAP', '/usr/lib/dovecot/imap') || !isThere(t, 'openssl', '/usr/bin/openssl'))
    return null;
  if (!isRoot(t)) return null;
  const certificates = makeCertificates(await temporaryFolder(t));
  const more = introspection === undefined ? {} : { introspection };
  const server = await startDovecotImap(t, { user, password, certificates, folders, ...more });
  return {
    server,
    ca: certificates.ca,
    settings: (change = {}) => ({
      kind: 'outlook',
      by: 'imap',
      name: 'drafts',
      host: 'localhost',
      port: server.port,
      tls: 'required',
      user,
      password: { env: 'X' },
      oauth: null,
      ca: { file: certificates.ca },
      limits: { connections: 1, perMinute: null, perDay: null },
      ...change,
    }),
  };
}

const transportFor = (settings: OutlookImapSettings, wish: { password?: string; tokens?: TokenSource } = {}) =>
  createOutlookImapTransport(settings, {
    password: () => Promise.resolve(wish.password ?? password),
    tokens: wish.tokens ?? null,
    timeoutMs: 20_000,
  });

function refused(outcome: Outcome) {
  assert.equal(outcome.result, 'refused', outcome.transcript);
  return outcome;
}

function accepted(outcome: Outcome) {
  assert.equal(
    outcome.result,
    'accepted',
    `${outcome.result === 'accepted' ? '' : outcome.text}\n${outcome.transcript}`,
  );
  return outcome;
}

suite('drafts by IMAP', () => {
  for (const tls of ['required', 'implicit', 'none'] as const) {
    test(`tls: ${tls}: the draft lies in the marked folder, as a draft, seen, to the octet`, async (t) => {
      const it = await world(t);
      if (!it) return;
      const port = tls === 'implicit' ? it.server.tlsPort : it.server.port;
      const ca = tls === 'none' ? null : { file: it.ca };
      const job = sampleJob();
      let commits = 0;
      const outcome = await transportFor(it.settings({ tls, port, ca })).send(job, () => {
        commits++;
        return Promise.resolve();
      });
      assert.match(accepted(outcome).reply!.text, /A draft lies in Konzepte of clerk@acme\.example \(OK, UID 1 of /);
      assert.equal(commits, 1);
      const mails = await it.server.mails('.Konzepte');
      assert.deepEqual(mails, [{ flags: 'DS', content: (await composeFor(job)).toString('latin1') }]);
      assert.doesNotMatch(outcome.transcript, /pass/);
    });
  }

  test('without a mark the folder is known by its name', async (t) => {
    const it = await world(t, '  mailbox Drafts {\n    auto = create\n  }');
    if (!it) return;
    accepted(await transportFor(it.settings()).send(sampleJob(), () => Promise.resolve()));
    assert.equal((await it.server.mails('.Drafts')).length, 1);
  });

  test('no folder for drafts: the transport stops and says what to make', async (t) => {
    const it = await world(t, '');
    if (!it) return;
    const outcome = refused(await transportFor(it.settings()).send(sampleJob(), () => assert.fail('no commit')));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'configuration']);
    assert.match(outcome.text, /no folder for drafts/);
  });

  test('the same message makes one draft, however often it is tried', async (t) => {
    const it = await world(t);
    if (!it) return;
    const job = sampleJob();
    const transport = transportFor(it.settings());
    for (let tries = 0; tries < 3; tries++) accepted(await transport.send(job, () => Promise.resolve()));
    assert.equal((await it.server.mails('.Konzepte')).length, 1);
  });

  test('a wrong password stops the transport and commits nothing', async (t) => {
    const it = await world(t);
    if (!it) return;
    const transport = transportFor(it.settings(), { password: 'wrong' });
    const outcome = refused(await transport.send(sampleJob(), () => assert.fail('no commit')));
    assert.deepEqual([outcome.blame, outcome.fault, outcome.reason], ['transport', 'auth', 'authentication']);
    assert.doesNotMatch(outcome.transcript, /wrong/);
  });

  test('a certificate that nobody knows stops the transport before the password', async (t) => {
    const it = await world(t);
    if (!it) return;
    for (const change of [{ tls: 'required' } as const, { tls: 'implicit', port: it.server.tlsPort } as const]) {
      const transport = createOutlookImapTransport(it.settings({ ...change, ca: null }), {
        password: () => Promise.resolve(password),
        tokens: null,
        timeoutMs: 20_000,
      });
      const outcome = refused(await transport.send(sampleJob(), () => assert.fail('no commit')));
      assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'tls']);
    }
  });

  test('without the commit nothing is stored', async (t) => {
    const it = await world(t);
    if (!it) return;
    const lost = new Error('the lease is gone');
    await assert.rejects(
      transportFor(it.settings()).send(sampleJob(), () => Promise.reject(lost)),
      lost,
    );
    assert.deepEqual(await it.server.mails('.Konzepte'), []);
  });

  for (const [what, cut, result, kept] of [
    ['before the server has the draft', { from: 'client', at: /APPEND/ }, 'refused', 0],
    ['after it has the draft', { from: 'server', at: /APPENDUID/ }, 'accepted', 1],
  ] as const) {
    test(`the line breaks ${what}: a second look tells the truth`, async (t) => {
      const it = await world(t);
      if (!it) return;
      const port = await startCuttingProxy(t, it.server.port, [cut]);
      const job = sampleJob();
      const transport = transportFor(it.settings({ port, tls: 'none', ca: null }));
      const outcome = await transport.send(job, () => Promise.resolve());
      assert.equal(outcome.result, result, outcome.transcript);
      assert.equal((await it.server.mails('.Konzepte')).length, kept);
      accepted(await transport.send(job, () => Promise.resolve()));
      assert.equal((await it.server.mails('.Konzepte')).length, 1);
    });
  }

  test('the line breaks and stays broken: uncertain, and a later try finds the draft', async (t) => {
    const it = await world(t);
    if (!it) return;
    const cuts: (Cut | 'refuse')[] = [{ from: 'server', at: /APPENDUID/ }, 'refuse'];
    const port = await startCuttingProxy(t, it.server.port, cuts);
    const job = sampleJob();
    const transport = transportFor(it.settings({ port, tls: 'none', ca: null }));
    assert.equal((await transport.send(job, () => Promise.resolve())).result, 'uncertain');
    accepted(await transport.send(job, () => Promise.resolve()));
    assert.equal((await it.server.mails('.Konzepte')).length, 1);
  });

  test('outbox test: login and folder, in words, and no draft', async (t) => {
    const it = await world(t);
    if (!it) return;
    const envelope = { sender: user, recipient: user };
    const report = await transportFor(it.settings()).test(envelope);
    assert.deepEqual(
      report.steps.map(({ step, ok }) => [step, ok]),
      [
        ['login', true],
        ['drafts', true],
      ],
    );
    assert.match(report.steps[1]!.text, /Konzepte/);
    assert.deepEqual(await it.server.mails('.Konzepte'), []);
    const wrong = await transportFor(it.settings(), { password: 'wrong' }).test(envelope);
    assert.equal(wrong.ok, false);
    assert.match(wrong.steps[0]!.text, /refuses the login/);
  });
});

/** The judge of tokens, for Dovecot to ask (RFC 7662). */
async function startIntrospection(t: TestContext, good: string): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const active = new URLSearchParams(body).get('token') === good;
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(active ? { active: 'true', username: user } : { active: 'false' }));
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('drafts by IMAP with a token (XOAUTH2): one that has run out is replaced; without a good one the transport stops', async (t) => {
  const it = await world(t, marked, await startIntrospection(t, 'good-token'));
  if (!it) return;
  const settings = it.settings({ password: null });
  const tokens = simpleTokens('old-token', 'good-token');
  const outcome = accepted(await transportFor(settings, { tokens }).send(sampleJob(), () => Promise.resolve()));
  assert.doesNotMatch(outcome.transcript, /-token/);
  assert.equal((await it.server.mails('.Konzepte')).length, 1);
  const bad = transportFor(settings, { tokens: simpleTokens('bad-token') });
  const stopped = refused(await bad.send(sampleJob(), () => assert.fail('no commit')));
  assert.deepEqual([stopped.blame, stopped.fault], ['transport', 'auth']);
});
