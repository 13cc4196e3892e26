// A batch through a mailbox at Microsoft or Google that is logged in to by OAuth: as a person sets it up, against fakes of both.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { makeApplicationCertificate, makeCertificates } from '../support/certificates.ts';
import { startGoogle } from '../support/google.ts';
import { type ExchangeWish, type Mailbox, startExchange } from '../support/microsoft/exchange.ts';
import { createTenant } from '../support/microsoft/tenant.ts';
import { startTokenEndpoint } from '../support/microsoft/token-endpoint.ts';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';

const user = 'billing@acme.example';
const secret = 'hunter2~client.secret';
const env = { OFFICE_SECRET: secret };

interface Message {
  id: string;
  status: string;
  tries: number;
  messageId: string;
}

const listOf = async (outbox: Outbox): Promise<Message[]> => (await outbox.run('--json', 'list')).json() as Message[];

const transports = (office: string): string =>
  settingsYaml(`  office: ${office}\n  faxes: { kind: driver, command: /bin/true }`);

async function importBatch(outbox: Outbox, count: number): Promise<void> {
  const imported = await outbox.run('import', await writeManifest(outbox, count));
  assert.equal(imported.code, 0, imported.stdout + imported.stderr);
}

/** Every message is released, and stands exactly once in what the server kept. */
async function assertAllOnce(outbox: Outbox, contents: readonly string[], count: number): Promise<void> {
  const messages = await listOf(outbox);
  assert.equal(messages.length, count);
  assert.deepEqual(new Set(messages.map(({ status }) => status)), new Set(['released']));
  const arrived = contents.map((content) => /^Message-ID: <(.+)>/m.exec(content)?.[1]);
  assert.deepEqual(arrived.toSorted(), messages.map(({ messageId }) => messageId).toSorted());
}

suite('Microsoft 365', { timeout: 120_000 }, () => {
  async function company(t: TestContext, wish: Partial<ExchangeWish> = {}, delayMs = 0) {
    const outbox = await newOutbox(t);
    const certificates = makeCertificates(outbox.folder);
    const application = makeApplicationCertificate(outbox.folder);
    const tenant = createTenant({ secret, certificate: application.certificate });
    const client = [...tenant.applications.keys()][0]!;
    const mailboxes: Record<string, Mailbox> = { [user]: { smtpAuth: 'on', clients: [client] } };
    const server = await startExchange(t, { tenant, certificates, mailboxes, ...wish });
    const endpoint = await startTokenEndpoint(t, tenant, delayMs);
    /** @param proof as the settings have it, such as "secret: { env: X }" */
    const settings = (proof: string, limits = '{ connections: 2, perMinute: null }'): string =>
      transports(
        `{ kind: smtp, preset: office365, host: localhost, port: ${server.port}, ca: { file: ${certificates.ca} }, user: ${user}, limits: ${limits}, oauth: { kind: microsoft, tenant: ${tenant.id}, client: ${client}, tokenUrl: "${endpoint.url}", ${proof} } }`,
      );
    return { outbox, tenant, client, mailboxes, server, endpoint, settings, application };
  }

  const bySecret = 'secret: { env: OFFICE_SECRET }';
  const three = '{ connections: 3, perMinute: null }';

  test('a batch goes out with a client secret, and one token does for all connections', async (t) => {
    const { outbox, server, endpoint, settings } = await company(t);
    await applySettings(outbox, settings(bySecret, three), env);
    await importBatch(outbox, 12);
    const run = await outbox.runWith(env, 'run', '--until-empty');
    assert.equal(run.code, 0, run.stderr);
    await assertAllOnce(outbox, server.contents, 12);
    assert.equal(endpoint.requests, 1);
    assert.ok(server.mostAtOnce <= 3);
  });

  test('with a certificate too, and the private key is read by apply already', async (t) => {
    const { outbox, server, endpoint, settings, application } = await company(t);
    const file = join(outbox.folder, 'settings.yaml');
    await writeFile(file, settings(`certificate: { file: ${application.certificate} }`));
    const half = await outbox.run('apply', file);
    assert.equal(half.code, 2);
    assert.match(
      half.stderr,
      /oauth\.certificate\.file: there is no RSA private key in the file; the file must hold both/,
    );
    await applySettings(outbox, settings(`certificate: { file: ${application.both} }`));
    await importBatch(outbox, 3);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    await assertAllOnce(outbox, server.contents, 3);
    assert.ok(endpoint.forms.every((form) => form.has('client_assertion') && !form.has('client_secret')));
  });

  test('a token that runs out after message 50 of 200 costs one new token and nothing else', async (t) => {
    const onMessage = (count: number): void => {
      if (count === 50) expire();
    };
    const { outbox, tenant, server, endpoint, settings } = await company(t, { onMessage, perMinute: 1_000 }, 50);
    const expire = (): void => tenant.expireAll();
    await applySettings(outbox, settings(bySecret, three), env);
    await importBatch(outbox, 200);
    const run = await outbox.runWith(env, 'run', '--until-empty');
    assert.equal(run.code, 0, run.stderr);
    await assertAllOnce(outbox, server.contents, 200);
    assert.deepEqual([endpoint.requests, endpoint.mostAtOnce], [2, 1]);
    const messages = await listOf(outbox);
    assert.deepEqual(new Set(messages.map(({ tries }) => tries)), new Set([1]));
  });

  test('a wrong secret stops the transport with words, burns no try, and a new one goes on where it stopped', async (t) => {
    const { outbox, server, settings } = await company(t);
    await applySettings(outbox, settings('secret: "the-wrong-one"'));
    await importBatch(outbox, 4);
    const stopped = await outbox.run('run', '--until-empty');
    assert.equal(stopped.code, 3);
    assert.match(stopped.stderr, /Transport office is stopped: No token for application .* AADSTS7000215/);
    assert.match(stopped.stderr, /make a new client secret, copy its value and apply it/);
    for (const { status, tries } of await listOf(outbox)) assert.deepEqual([status, tries], ['queued', 0]);
    assert.deepEqual([server.logins, server.contents.length], [0, 0]);
    await applySettings(outbox, settings(`secret: "${secret}"`));
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    await assertAllOnce(outbox, server.contents, 4);
  });

  test('SMTP AUTH that is switched off: the words hold the command for this mailbox', async (t) => {
    const { outbox, server, mailboxes, client, settings } = await company(t);
    mailboxes[user] = { smtpAuth: 'off', clients: [client] };
    await applySettings(outbox, settings(bySecret), env);
    await importBatch(outbox, 2);
    const stopped = await outbox.runWith(env, 'run', '--until-empty');
    assert.equal(stopped.code, 3);
    assert.match(
      stopped.stderr,
      /Set-CASMailbox -Identity billing@acme\.example -SmtpClientAuthenticationDisabled \$false/,
    );
    mailboxes[user] = { smtpAuth: 'on', clients: [client] };
    assert.equal((await outbox.runWith(env, 'run', '--until-empty')).code, 0);
    await assertAllOnce(outbox, server.contents, 2);
  });

  test('outbox test says whose token it is before it logs in, and where it stopped', async (t) => {
    const { outbox, tenant, client, settings } = await company(t);
    await applySettings(outbox, settings(bySecret), env);
    const good = await outbox.runWith(env, '--json', 'test', 'office');
    const { steps } = good.json() as { steps: { step: string; ok: boolean; text: string }[] };
    assert.deepEqual(
      steps.map(({ step }) => step),
      ['connect', 'ehlo', 'tls', 'token', 'auth', 'mail', 'rcpt'],
    );
    const token = `Token for application ${client} of tenant ${tenant.id}, good for 60 minutes.`;
    assert.equal(steps.find(({ step }) => step === 'token')?.text, token);
    const bad = await outbox.runWith({ OFFICE_SECRET: 'wrong' }, 'test', 'office');
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /✘ token +No token for application .*AADSTS7000215/);
  });

  test('neither secret nor token is ever shown: not in transcripts, lists, history, export or debug file', async (t) => {
    const { outbox, tenant, settings } = await company(t);
    const tokens: string[] = [];
    const { issue } = tenant;
    tenant.issue = (...wish) => {
      const token = issue(...wish);
      tokens.push(token);
      return token;
    };
    const debug = settings(`secret: "${secret}"`).replace('host: localhost', 'host: "[DEBUG]localhost"');
    await applySettings(outbox, debug);
    await importBatch(outbox, 1);
    await outbox.run('run', '--until-empty');
    const [message] = await listOf(outbox);
    const shown = [
      await outbox.run('--json', 'show', message!.id, '--transcript'),
      await outbox.run('--json', 'test', 'office'),
      await outbox.run('export'),
      await outbox.run('apply', join(outbox.folder, 'settings.yaml'), '--dry-run'),
    ].map(({ stdout, stderr }) => stdout + stderr);
    const { readFile } = await import('node:fs/promises');
    const files = await Promise.all(
      ['SYCEML.DBG', 'outbox.db'].map((name) => readFile(join(outbox.data, name), 'latin1')),
    );
    assert.match(files[0]!, /AUTH XOAUTH2 \(token\)/);
    assert.ok(tokens.length >= 2);
    const hidden = [secret, ...tokens, ...tokens.map((token) => token.slice(-40))];
    for (const token of tokens)
      hidden.push(Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString('base64'));
    for (const text of [...shown, ...files]) for (const one of hidden) assert.ok(!text.includes(one));
    assert.match(shown[2]!, /secret:\s+sealed: \(kept in the installation\)/);
  });
});

suite('Google', { timeout: 120_000 }, () => {
  test('a batch goes out with the key of a service account; without its right the words say what to add', async (t) => {
    const outbox = await newOutbox(t);
    const certificates = makeCertificates(outbox.folder);
    const { smtp, tokens, keyFile, scopes } = await startGoogle(t, outbox.folder, certificates, user);
    const place = `host: localhost, port: ${smtp.port}, ca: { file: ${certificates.ca} }, limits: { perMinute: null }`;
    const oauth = `oauth: { kind: google, key: { file: ${keyFile} } }`;
    await applySettings(
      outbox,
      transports(`{ kind: smtp, preset: google-mailbox, ${place}, user: ${user}, ${oauth} }`),
    );
    await importBatch(outbox, 3);
    const [scope] = scopes.splice(0);
    const stopped = await outbox.run('run', '--until-empty');
    assert.equal(stopped.code, 3);
    assert.match(stopped.stderr, /Domain-wide delegation, add the client id 104000000000000000001/);
    scopes.push(scope!);
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    await assertAllOnce(outbox, smtp.contents, 3);
    assert.equal(tokens.requests, 2);
  });
});
