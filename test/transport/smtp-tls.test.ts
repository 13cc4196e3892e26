// To whom the SMTP transport speaks: names and addresses in certificates, and when a password may follow.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { SmtpSettings } from '../../src/message/settings.ts';
import type { Outcome } from '../../src/message/transport.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { type Certificates, makeCertificates } from '../support/certificates.ts';
import { sampleJob, smtpSettings } from '../support/jobs.ts';
import { isThere } from '../support/requirement.ts';
import { refused } from '../support/smtp-attempt.ts';
import { temporaryFolder } from '../support/temporary.ts';
import { startTlsServer, type TlsServer } from '../support/tls-smtp.ts';

type Change = (certificates: Certificates) => Partial<SmtpSettings>;

interface Wish {
  name?: string;
  settings: Change;
  server?: Parameters<typeof startTlsServer>[2];
}

/** Null where openssl is missing. */
async function send(t: TestContext, wish: Wish): Promise<{ outcome: Outcome; server: TlsServer } | null> {
  if (!isThere(t, 'openssl', '/usr/bin/openssl')) return null;
  const certificates = makeCertificates(await temporaryFolder(t), wish.name);
  const server = await startTlsServer(t, certificates, wish.server);
  const transport = createSmtpTransport(smtpSettings(server.port, wish.settings(certificates)), {
    password: () => Promise.resolve('secret'),
    ehloName: 'client.example',
    debug: null,
  });
  const outcome = await transport.send(sampleJob(), () => Promise.resolve());
  await transport.close();
  return { outcome, server };
}

const trusting =
  (change: Partial<SmtpSettings> = {}): Change =>
  ({ ca }) => ({ tls: 'required', ca: { file: ca }, ...change });

suite('the host of the settings is what the certificate has to name', () => {
  for (const [host, name, good] of [
    ['127.0.0.1', 'IP:127.0.0.1', true],
    ['127.0.0.1', 'DNS:localhost', false],
    ['localhost', 'DNS:localhost', true],
    ['localhost', 'IP:127.0.0.1', false],
  ] as const) {
    test(`${host} is ${good ? 'believed' : 'not believed'} with a certificate for ${name} alone`, async (t) => {
      const sent = await send(t, { name, settings: trusting({ host }) });
      if (!sent) return;
      assert.deepEqual([sent.outcome.result, sent.server.contents], good ? ['accepted', 1] : ['refused', 0]);
      if (!good) assert.deepEqual([refused(sent.outcome).blame, refused(sent.outcome).fault], ['transport', 'tls']);
    });
  }
});

suite('opportunistic TLS', () => {
  const login = { tls: 'opportunistic', user: 'clerk', password: { env: 'X' } } as const;
  const name = 'IP:127.0.0.1';

  test('takes any certificate for a message', async (t) => {
    const sent = await send(t, { name, settings: () => ({ tls: 'opportunistic' }) });
    if (sent) assert.equal(sent.outcome.result, 'accepted');
  });

  test('gives the password to no certificate that nobody vouches for, and says what to set', async (t) => {
    const sent = await send(t, { name, settings: () => login });
    if (!sent) return;
    assert.deepEqual([refused(sent.outcome).fault, sent.server.logins], ['configuration', []]);
    assert.match(refused(sent.outcome).text, /certificate.*Set ca or fingerprint/);
  });

  for (const [what, proof] of [
    ['an authority', ({ ca }) => ({ ca: { file: ca } })],
    ['a pin', ({ fingerprint }) => ({ fingerprint })],
    ['authInClear to this machine', () => ({ authInClear: true })],
  ] as readonly [string, Change][]) {
    test(`logs in with ${what}`, async (t) => {
      const sent = await send(t, { name, settings: (made) => ({ ...login, ...proof(made) }) });
      if (sent) assert.deepEqual([sent.outcome.result, sent.server.logins], ['accepted', ['clerk secret']]);
    });
  }

  test('with an authority verifies: another certificate gets no message', async (t) => {
    const sent = await send(t, { name: 'DNS:localhost', settings: trusting({ tls: 'opportunistic' }) });
    if (sent) assert.deepEqual([refused(sent.outcome).fault, sent.server.contents], ['tls', 0]);
  });
});

suite('old servers', () => {
  for (const [minTls, version] of [
    ['1.0', 'TLSv1'],
    ['1.1', 'TLSv1.1'],
  ] as const) {
    const server = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    test(`one that speaks no better than ${version} is reached with minTls ${minTls}, and not without`, async (t) => {
      const host = 'localhost';
      const sent = await send(t, { settings: trusting({ host, minTls }), server });
      if (!sent) return;
      assert.equal(sent.outcome.result, 'accepted');
      const strict = await send(t, { settings: trusting({ host }), server });
      assert.equal(refused(strict!.outcome).fault, 'tls');
    });
  }
});
