// The login by token over SMTP: what is said on the line, what the transcript shows, and when a new token is worth another try.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { OAuthSettings, SmtpSettings } from '../../src/message/settings.ts';
import type { Outcome, Transport } from '../../src/message/transport.ts';
import { shareTokens } from '../../src/transport/oauth/token-source.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { makeCertificates } from '../support/certificates.ts';
import { sampleJob, smtpSettings } from '../support/jobs.ts';
import { type ExchangeWish, startExchange } from '../support/microsoft/exchange.ts';
import { createTenant } from '../support/microsoft/tenant.ts';
import { type Script, type ScriptedServer, startScripted } from '../support/scripted-smtp.ts';
import { temporaryFolder } from '../support/temporary.ts';

const user = 'billing@acme.example';
const client = 'app-1';
const oauth: OAuthSettings = {
  kind: 'microsoft',
  tenant: 't.example',
  client,
  secret: { env: 'X' },
  certificate: null,
  tokenUrl: null,
  scope: null,
};

interface Tokens {
  asked: number;
  given: string[];
}

/** A transport whose tokens come from `next`. */
function transportTo(settings: SmtpSettings, next: (asked: number) => string): Transport & { tokens: Tokens } {
  const tokens: Tokens = { asked: 0, given: [] };
  const fetch = () => {
    const token = next(++tokens.asked);
    tokens.given.push(token);
    return Promise.resolve({ token, lifetimeMs: 3_600_000, refreshToken: null });
  };
  const grant = { key: 'k', who: 'application app-1 of tenant t.example', fetch };
  const transport = createSmtpTransport(settings, {
    password: () => Promise.resolve(null),
    tokens: shareTokens(Date.now)(() => Promise.resolve(grant)),
    ehloName: 'client',
    debug: null,
  });
  return Object.assign(transport, { tokens });
}

const commit = (): Promise<void> => Promise.resolve();
const refused = (outcome: Outcome) => {
  assert.equal(outcome.result, 'refused');
  return outcome;
};
const blobOf = (token: string): string =>
  Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64');

suite('on the line', () => {
  const clear = { user, oauth, authInClear: true } as const;

  async function tryWith(t: TestContext, script: Script, change: Partial<SmtpSettings> = {}) {
    const server = await startScripted(t, script);
    const transport = transportTo(smtpSettings(server.port, { ...clear, ...change }), () => 'ya29.secret-token');
    const outcome = await transport.send(sampleJob(), commit);
    await transport.close();
    return { server, outcome, tokens: transport.tokens };
  }

  const offering =
    (auth: (line: string, server?: ScriptedServer) => string | undefined): Script =>
    (said, line) => {
      if (said === 'ehlo') return '250-here\r\n250 AUTH PLAIN LOGIN XOAUTH2';
      return said === 'auth' ? auth(line) : undefined;
    };

  const assertHidden = (text: string): void => {
    assert.ok(!text.includes('ya29.secret-token'));
    assert.ok(!text.includes(blobOf('ya29.secret-token')));
  };

  test('the token goes with AUTH, and no other way to log in is tried', async (t) => {
    const { server, outcome } = await tryWith(
      t,
      offering(() => undefined),
    );
    assert.equal(outcome.result, 'accepted');
    const auths = server.lines.filter((line) => line.startsWith('AUTH'));
    assert.deepEqual(auths, [`AUTH XOAUTH2 ${blobOf('ya29.secret-token')}`]);
    assertHidden(outcome.transcript);
    assert.match(outcome.transcript, /C: AUTH XOAUTH2 \(token\)/);
    assert.match(outcome.transcript, /Token for application app-1 of tenant t\.example/);
  });

  test('a server that asks first gets it then', async (t) => {
    const blob = blobOf('ya29.secret-token');
    const { server, outcome } = await tryWith(
      t,
      offering((line) => (line.startsWith('AUTH') ? '334 ' : undefined)),
    );
    assert.equal(outcome.result, 'accepted');
    assert.equal(server.lines.includes(blob), true);
    assertHidden(outcome.transcript);
  });

  test('a challenge is answered by an empty line, and its words are kept', async (t) => {
    const details = Buffer.from('{"status":"401","schemes":"Bearer","scope":"https://mail.example/"}').toString(
      'base64',
    );
    const script = offering((line) => (line === '' ? '535 5.7.3 Authentication unsuccessful' : `334 ${details}`));
    const { server, outcome } = await tryWith(t, script);
    assert.equal(server.lines.at(-1), '');
    const { blame, fault, reason, reply, transcript } = refused(outcome);
    assert.deepEqual([blame, fault, reason, reply?.code], ['transport', 'auth', 'authentication', 535]);
    assert.match(transcript, /The server says of the token: \{"status":"401"/);
    assertHidden(transcript);
  });

  test('a server that repeats what we said brings no token into transcript, reply or words', async (t) => {
    const { outcome } = await tryWith(
      t,
      offering((line) => `535 5.7.8 not ${line} nor ya29.secret-token`),
    );
    assertHidden(JSON.stringify(outcome));
    assert.match(refused(outcome).text, /not AUTH XOAUTH2 \(secret\) nor \(secret\)/);
  });

  test('a fresh token that is refused stops the transport: no second try', async (t) => {
    const { server, outcome, tokens } = await tryWith(
      t,
      offering(() => '535 5.7.3 Authentication unsuccessful'),
    );
    assert.equal(refused(outcome).fault, 'auth');
    assert.deepEqual([server.connections, tokens.asked], [1, 1]);
    assert.match(refused(outcome).text, /Get-ServicePrincipal -Identity app-1/);
  });

  test('a login that is refused for the moment is tried again later with the same token', async (t) => {
    let count = 0;
    const server = await startScripted(
      t,
      offering(() => (++count === 1 ? '454 4.7.0 for the moment' : undefined)),
    );
    const transport = transportTo(smtpSettings(server.port, clear), (asked) => `token-${asked}`);
    assert.equal(refused(await transport.send(sampleJob(), commit)).fault, 'connect');
    assert.equal((await transport.send(sampleJob(), commit)).result, 'accepted');
    await transport.close();
    assert.deepEqual([transport.tokens.asked, server.connections], [1, 2]);
  });

  test('a server that takes no token gets no word of it, nor a password', async (t) => {
    const { server, outcome, tokens } = await tryWith(t, (said) =>
      said === 'ehlo' ? '250-here\r\n250 AUTH PLAIN LOGIN' : undefined,
    );
    assert.equal(refused(outcome).fault, 'configuration');
    assert.match(refused(outcome).text, /takes no token.*PLAIN, LOGIN/);
    assert.deepEqual([tokens.asked, server.lines.some((line) => line.startsWith('AUTH'))], [0, false]);
  });

  test('in clear it goes by explicit choice only', async (t) => {
    const { server, outcome, tokens } = await tryWith(
      t,
      offering(() => undefined),
      { authInClear: false },
    );
    assert.equal(refused(outcome).fault, 'configuration');
    assert.match(refused(outcome).text, /The token would go over the line in clear/);
    assert.deepEqual([tokens.asked, server.lines.some((line) => line.startsWith('AUTH'))], [0, false]);
  });
});

suite('at Exchange Online', () => {
  async function exchange(t: TestContext, wish: Partial<ExchangeWish> = {}) {
    const certificates = makeCertificates(await temporaryFolder(t));
    const tenant = createTenant({ client });
    const mailboxes = { [user]: { smtpAuth: 'on' as const, clients: [client] } };
    const server = await startExchange(t, { tenant, certificates, mailboxes, ...wish });
    const place = { host: 'localhost', tls: 'required', ca: { file: certificates.ca }, user, oauth } as const;
    const settings = smtpSettings(server.port, { ...place, limits: { connections: 3, perMinute: null, perDay: null } });
    const issue = (): string => tenant.issue(client, 'https://outlook.office365.com', 3_600);
    return { server, tenant, settings, issue };
  }

  for (const refusesBy of ['reply', 'challenge'] as const) {
    test(`a token that runs out between two connections is replaced once (told by ${refusesBy})`, async (t) => {
      const { server, tenant, settings, issue } = await exchange(t, { refusesBy });
      const transport = transportTo({ ...settings, messagesPerConnection: 1 }, issue);
      assert.equal((await transport.send(sampleJob(), commit)).result, 'accepted');
      tenant.expireAll();
      assert.equal((await transport.send(sampleJob(), commit)).result, 'accepted');
      await transport.close();
      assert.deepEqual([transport.tokens.asked, server.denials, server.contents.length], [2, 1, 2]);
    });
  }

  test('one that runs out on open connections costs nothing: three connections, one new token', async (t) => {
    const { server, tenant, settings, issue } = await exchange(t);
    const transport = transportTo(settings, issue);
    let commits = 0;
    const count = (): Promise<void> => {
      commits++;
      return Promise.resolve();
    };
    const three = () => Promise.all([1, 2, 3].map(() => transport.send(sampleJob(), count)));
    await three();
    tenant.expireAll();
    for (const outcome of [...(await three()), ...(await three())]) assert.equal(outcome.result, 'accepted');
    await transport.close();
    assert.deepEqual([transport.tokens.asked, server.contents.length, commits], [2, 9, 9]);
    assert.equal(server.denials, 0, 'the old token is not shown again');
    assert.ok(server.mostAtOnce <= 3);
  });

  test('when the new token is refused too, that is the end: the transport stops with the words of the last answer', async (t) => {
    const { server, tenant, settings, issue } = await exchange(t);
    const transport = transportTo({ ...settings, messagesPerConnection: 1 }, issue);
    await transport.send(sampleJob(), commit);
    tenant.expireAll();
    tenant.issue = () => 'nonsense.token.here';
    const outcome = refused(await transport.send(sampleJob(), () => assert.fail('nothing may be committed')));
    assert.equal(outcome.fault, 'auth');
    assert.deepEqual([transport.tokens.asked, server.denials], [2, 2]);
    await transport.close();
  });

  test('a token for Graph is refused', async (t) => {
    const { tenant, settings } = await exchange(t);
    const transport = transportTo(settings, () => tenant.issue(client, 'https://graph.microsoft.com', 3_600));
    assert.equal(refused(await transport.send(sampleJob(), commit)).fault, 'auth');
    await transport.close();
  });

  test('a fourth connection is refused for the moment, and the transport does not take it for a bad token', async (t) => {
    const { settings, issue } = await exchange(t);
    const [wide, other] = [transportTo(settings, issue), transportTo(settings, issue)];
    await Promise.all([1, 2, 3].map(() => wide.send(sampleJob(), commit)));
    const outcome = refused(await other.send(sampleJob(), commit));
    assert.notEqual(outcome.fault, 'auth');
    assert.equal(outcome.reply?.code, 432);
    assert.equal(other.tokens.asked, 1);
    await Promise.all([wide.close(), other.close()]);
  });

  test('what is above the rate of the mailbox is answered late, and arrives', async (t) => {
    const { server, settings, issue } = await exchange(t, { perMinute: 2, lateMs: 20 });
    const transport = transportTo(settings, issue);
    for (let count = 0; count < 4; count++) await transport.send(sampleJob(), commit);
    await transport.close();
    assert.deepEqual([server.contents.length, server.delayed], [4, 2]);
  });

  for (const [smtpAuth, words] of [
    ['off', /Set-CASMailbox -Identity billing@acme\.example -SmtpClientAuthenticationDisabled \$false\./],
    ['off-for-tenant', /Set-CASMailbox -Identity billing@acme\.example -SmtpClientAuthenticationDisabled \$false \(/],
  ] as const) {
    test(`SMTP AUTH ${smtpAuth}: the words hold the command`, async (t) => {
      const { settings, issue } = await exchange(t, { mailboxes: { [user]: { smtpAuth, clients: [client] } } });
      const transport = transportTo(settings, issue);
      const outcome = refused(await transport.send(sampleJob(), commit));
      assert.equal(outcome.fault, 'auth');
      assert.match(outcome.text, words);
      await transport.close();
    });
  }
});
