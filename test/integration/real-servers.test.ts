// The SMTP transport against real servers of Debian, as users run them. What arrives is what `outbox show --eml` writes.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { makeCertificates } from '../support/certificates.ts';
import { freePort, openFolder } from '../support/daemon.ts';
import { startDovecotAuth } from '../support/dovecot.ts';
import { eximProgram, startExim } from '../support/exim.ts';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { startPostfix } from '../support/postfix.ts';
import { isRoot, isThere } from '../support/requirement.ts';
import { type ScriptedServer, startScripted } from '../support/scripted-smtp.ts';
import { startStunnel } from '../support/stunnel.ts';
import type { Job } from '../../src/message/transport.ts';
import { composeMessage } from '../../src/transport/mime/compose.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { alwaysWindow } from '../support/always-window.ts';
import { carried } from '../support/carried.ts';
import { sampleJob, smtpSettings } from '../support/jobs.ts';
import { sampleIngredients } from '../support/samples.ts';

const postfix = '/usr/sbin/postfix';
const dovecot = '/usr/sbin/dovecot';
const stunnel = '/usr/bin/stunnel4';
const user = 'billing@acme.example';
const password = 'täst wörd "7"';
const secret = { OFFICE_PASSWORD: password };

const hasPostfix = (t: TestContext): boolean => isRoot(t) && isThere(t, 'Postfix', postfix);

interface Message {
  id: string;
  messageId: string;
  status: string;
  reason: string | null;
  lastReply: { code: number; text: string } | null;
}

const listOf = async (outbox: Outbox): Promise<Message[]> => (await outbox.run('--json', 'list')).json() as Message[];

/** A company whose mail goes through the transport `office`, written as YAML in braces. */
async function company(t: TestContext, office: string): Promise<Outbox> {
  const outbox = await newOutbox(t);
  const transports = `  office: ${office}\n  faxes: { kind: driver, command: /bin/true }`;
  await applySettings(outbox, settingsYaml(transports), secret);
  return outbox;
}

async function sendAll(outbox: Outbox, count: number): Promise<number | null> {
  const imported = await outbox.run('import', await writeManifest(outbox, count));
  assert.equal(imported.code, 0, imported.stdout + imported.stderr);
  return (await outbox.runWith(secret, 'run', '--until-empty')).code;
}

/** Every message arrived once, and below the trace lines of the relay it is ours, byte for byte. */
async function assertArrived(outbox: Outbox, sink: ScriptedServer, count: number): Promise<void> {
  await sink.reached(count);
  const messages = await listOf(outbox);
  assert.deepEqual(
    messages.map(({ status }) => status),
    Array.from({ length: count }, () => 'released'),
  );
  assert.equal(sink.contents.length, count);
  for (const { id, messageId } of messages) {
    const got = sink.contents.find((content) => content.includes(`Message-ID: <${messageId}>`));
    assert.ok(got, `${messageId} did not arrive`);
    const { stdout } = await outbox.run('show', id, '--eml');
    assert.equal(got.slice(got.indexOf('Date: ')), stdout);
    assert.match(got.slice(0, got.indexOf('Date: ')), /^Received: /);
  }
}

suite('Postfix that lets this machine relay by its address, without a login', { timeout: 180_000 }, () => {
  test('takes every message and passes it on unchanged', async (t) => {
    if (!hasPostfix(t)) return;
    const sink = await startScripted(t);
    const port = await freePort();
    await startPostfix(t, { port, nextHop: sink.port });
    const outbox = await company(t, `{ kind: smtp, host: 127.0.0.1, port: ${port}, tls: none }`);
    assert.equal(await sendAll(outbox, 12), 0);
    await assertArrived(outbox, sink, 12);
  });

  test('refuses when our address is not allowed: the transport stops, no message is burnt, and all go out when it is mended', async (t) => {
    if (!hasPostfix(t)) return;
    const sink = await startScripted(t);
    const [strict, open] = [await freePort(), await freePort()];
    await startPostfix(t, { port: strict, nextHop: sink.port, mynetworks: '192.0.2.0/24' });
    const outbox = await company(t, `{ kind: smtp, host: 127.0.0.1, port: ${strict}, tls: none }`);
    assert.equal(await sendAll(outbox, 5), 3);
    const waiting = await outbox.run('--json', 'list', '--status', 'queued');
    const messages = waiting.json() as { tries: number; reason: string | null }[];
    assert.deepEqual([messages.length, messages.every(({ tries }) => tries === 0)], [5, true]);
    const tested = await outbox.run('test', 'office', '--to', 'ap@abf.example');
    assert.equal(tested.code, 1);
    assert.match(tested.stdout, /✘ rcpt/);
    await startPostfix(t, { port: open, nextHop: sink.port });
    const transports = `  office: { kind: smtp, host: 127.0.0.1, port: ${open}, tls: none }\n  faxes: { kind: driver, command: /bin/true }`;
    await applySettings(outbox, settingsYaml(transports));
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    await assertArrived(outbox, sink, 5);
  });

  test('takes and holds while its own next hop is down: released, and never delivered', async (t) => {
    if (!hasPostfix(t)) return;
    const port = await freePort();
    const relay = await startPostfix(t, { port, nextHop: await freePort() });
    const outbox = await company(t, `{ kind: smtp, host: 127.0.0.1, port: ${port}, tls: none }`);
    assert.equal(await sendAll(outbox, 4), 0);
    assert.equal(relay.queued(), 4);
    for (const { status, lastReply } of await listOf(outbox)) {
      assert.equal(status, 'released');
      assert.match(lastReply!.text, /queued as/);
    }
  });
});

suite('Postfix with TLS and the login of Dovecot', { timeout: 180_000 }, () => {
  /** @returns null where something is missing */
  async function start(t: TestContext) {
    if (!hasPostfix(t) || !isThere(t, 'Dovecot', dovecot) || !isThere(t, 'openssl', '/usr/bin/openssl')) return null;
    const certificates = makeCertificates(await openFolder(t));
    const sink = await startScripted(t);
    const [port, smtpsPort] = [await freePort(), await freePort()];
    const saslSocket = await startDovecotAuth(t, user, password);
    // Nobody may relay by address here: only a login helps.
    await startPostfix(t, {
      port,
      smtpsPort,
      nextHop: sink.port,
      mynetworks: '192.0.2.0/24',
      certificates,
      saslSocket,
    });
    return { port, smtpsPort, sink, certificates };
  }

  const office = (more: string, who = `user: ${user}, password: { env: OFFICE_PASSWORD }`): string =>
    `{ kind: smtp, host: localhost, ${more}, ${who} }`;

  test('STARTTLS with the preset of Office 365, as on port 587, by each way to log in', async (t) => {
    const servers = await start(t);
    if (!servers) return;
    for (const [at, others] of [
      ['PLAIN', '[]'],
      ['LOGIN', '[PLAIN]'],
      ['CRAM-MD5', '[PLAIN, LOGIN]'],
    ] as const) {
      const settings = office(
        `preset: office365, limits: { perMinute: 6000 }, port: ${servers.port}, ca: { file: ${servers.certificates.ca} }, avoid: ${others}`,
      );
      const outbox = await company(t, settings);
      const tested = await outbox.runWith(secret, 'test', 'office');
      assert.equal(tested.code, 0, tested.stdout + tested.stderr);
      assert.match(tested.stdout, new RegExp(`Logged in as ${user} \\(${at}\\)`));
      assert.match(tested.stdout, /Safe connection: TLSv1\.3/);
      servers.sink.contents.length = 0;
      assert.equal(await sendAll(outbox, 3), 0);
      await assertArrived(outbox, servers.sink, 3);
    }
  });

  test('implicit TLS, as on port 465', async (t) => {
    const servers = await start(t);
    if (!servers) return;
    const outbox = await company(
      t,
      office(`port: ${servers.smtpsPort}, tls: implicit, ca: { file: ${servers.certificates.ca} }`),
    );
    assert.equal(await sendAll(outbox, 6), 0);
    await assertArrived(outbox, servers.sink, 6);
  });

  test('a pinned certificate needs no authority; another pin stops the transport', async (t) => {
    const servers = await start(t);
    if (!servers) return;
    const { fingerprint } = servers.certificates;
    const pinned = await company(t, office(`port: ${servers.smtpsPort}, tls: implicit, fingerprint: "${fingerprint}"`));
    assert.equal(await sendAll(pinned, 2), 0);
    await assertArrived(pinned, servers.sink, 2);
    const other = `SHA256:${'00:'.repeat(31)}00`;
    const strange = await company(t, office(`port: ${servers.smtpsPort}, tls: implicit, fingerprint: "${other}"`));
    assert.equal(await sendAll(strange, 2), 3);
    const reasons = (await listOf(strange)).map(({ reason }) => reason);
    assert.deepEqual(
      [reasons.includes('tls'), reasons.includes(null)],
      [true, true],
      'one tried, the other was spared',
    );
  });

  test('a certificate that nobody vouches for stops the transport before the password is said', async (t) => {
    const servers = await start(t);
    if (!servers) return;
    const outbox = await company(t, office(`port: ${servers.port}, tls: required`));
    assert.equal(await sendAll(outbox, 2), 3);
    const shown = await outbox.run('show', (await listOf(outbox)).find(({ reason }) => reason)!.id, '--transcript');
    assert.match(shown.stdout, /certificate/);
    assert.equal(shown.stdout.includes('AUTH PLAIN'), false);
  });

  test('a wrong password stops the transport, uses up no try, and is not in the transcript', async (t) => {
    const servers = await start(t);
    if (!servers) return;
    const outbox = await company(
      t,
      office(`port: ${servers.port}, tls: required, ca: { file: ${servers.certificates.ca} }`),
    );
    await outbox.run('import', await writeManifest(outbox, 3));
    const wrong = { OFFICE_PASSWORD: 'not the password' };
    assert.equal((await outbox.runWith(wrong, 'run', '--until-empty')).code, 3);
    const { stdout } = await outbox.run('--json', 'list');
    const messages = JSON.parse(stdout) as { id: string; tries: number; status: string }[];
    assert.deepEqual(
      messages.map(({ tries, status }) => [tries, status]),
      Array.from({ length: 3 }, () => [0, 'queued']),
    );
    const status = await outbox.run('status');
    assert.match(status.stderr, /Transport office is stopped until something is changed: .*535/);
    for (const { id } of messages) {
      const shown = await outbox.run('show', id, '--transcript');
      assert.equal(shown.stdout.includes(Buffer.from(`\0${user}\0not the password`).toString('base64')), false);
    }
    assert.equal((await outbox.runWith(secret, 'run', '--until-empty')).code, 0);
    await assertArrived(outbox, servers.sink, 3);
  });

  test('through stunnel: in clear to this machine, TLS behind it', async (t) => {
    const servers = await start(t);
    if (!servers || !isThere(t, 'stunnel', stunnel)) return;
    const port = await freePort();
    await startStunnel(t, port, servers.smtpsPort, servers.certificates.ca);
    const outbox = await company(
      t,
      `{ kind: smtp, host: "[DEBUG]127.0.0.1", port: ${port}, tls: none, authInClear: true, user: ${user}, password: { env: OFFICE_PASSWORD } }`,
    );
    assert.equal(await sendAll(outbox, 5), 0);
    await assertArrived(outbox, servers.sink, 5);
    const { readFile } = await import('node:fs/promises');
    const debug = await readFile(join(outbox.data, 'SYCEML.DBG'), 'utf8');
    assert.match(debug, /#1 C: AUTH CRAM-MD5/);
    assert.equal(debug.includes(Buffer.from(`\0${user}\0${password}`).toString('base64')), false);
  });
});

test('Exim takes every message and passes it on unchanged', { timeout: 60_000 }, async (t) => {
  if (!isRoot(t) || !isThere(t, 'Exim', eximProgram)) return;
  const sink = await startScripted(t);
  const port = await freePort();
  await startExim(t, { port, nextHop: sink.port });
  const outbox = await company(t, `{ kind: smtp, host: 127.0.0.1, port: ${port}, tls: none }`);
  assert.equal(await sendAll(outbox, 8), 0);
  await assertArrived(outbox, sink, 8);
});

/** What a real server makes of a window, past what is measured: refused recipients inside it, and several windows in a row. */
async function sendWide(port: number, refused: string): Promise<{ jobs: Job[]; words: string[] }> {
  const jobs = Array.from({ length: 60 }, (_, number) =>
    sampleJob({
      id: `m${number}`,
      recipient: number % 7 === 3 ? refused : `c${number}@abf.example`,
      ingredients: sampleIngredients({ messageId: `${number}@acme.example`, to: [`c${number}@abf.example`] }),
    }),
  );
  const settings = smtpSettings(port, { limits: { window: 4 }, messagesPerConnection: 1_000 });
  const transport = createSmtpTransport(settings, {
    password: () => Promise.resolve(null),
    ehloName: 'client.acme.example',
    debug: null,
    ways: alwaysWindow(settings, null),
  });
  const all = carried(jobs);
  await transport.carry!(all.supply);
  await transport.close();
  assert.equal(all.mostInDoubt, 4);
  const { outcome } = all.fates[1]!;
  assert.match(outcome!.transcript, /BDAT \d+ LAST/);
  return { jobs, words: all.words() };
}

async function assertWide(sink: ScriptedServer, port: number, refused: string): Promise<void> {
  const { jobs, words } = await sendWide(port, refused);
  const wanted = jobs.map(({ recipient }) => (recipient === refused ? 'refused message' : 'accepted'));
  assert.deepEqual(words, wanted);
  const sent = jobs.filter(({ recipient }) => recipient !== refused);
  await sink.reached(sent.length);
  assert.equal(sink.contents.length, sent.length);
  for (const { ingredients, attachments } of sent) {
    const got = sink.contents.find((content) => content.includes(`Message-ID: <${ingredients.messageId}>`));
    const whole = (await composeMessage(ingredients, attachments)).toString('latin1');
    assert.equal(got?.slice(got.indexOf('Date: ')), whole);
  }
  const recipients = sink.lines.flatMap((line) => /^RCPT TO:<([^>]*)>/.exec(line)?.[1] ?? []);
  assert.deepEqual(recipients.toSorted(), sent.map(({ recipient }) => recipient).toSorted());
}

suite('a window of four', { timeout: 180_000 }, () => {
  const refused = 'nobody@abf.example';
  const office = (port: number): string =>
    `{ kind: smtp, host: 127.0.0.1, port: ${port}, tls: none, limits: { connections: 1, window: 4 } }`;

  test('to Postfix: refused recipients fail alone, all others arrive unchanged at their own address', async (t) => {
    if (!hasPostfix(t)) return;
    const sink = await startScripted(t);
    const port = await freePort();
    await startPostfix(t, { port, nextHop: sink.port, refuses: refused });
    await assertWide(sink, port, refused);
  });

  test('to Exim: the same', async (t) => {
    if (!isRoot(t) || !isThere(t, 'Exim', eximProgram)) return;
    const sink = await startScripted(t);
    const port = await freePort();
    await startExim(t, { port, nextHop: sink.port, refuses: refused });
    await assertWide(sink, port, refused);
  });

  test('allowed in the settings: the program tries it, and everything arrives unchanged', async (t) => {
    if (!hasPostfix(t)) return;
    const sink = await startScripted(t);
    const port = await freePort();
    await startPostfix(t, { port, nextHop: sink.port });
    const outbox = await company(t, office(port));
    assert.equal(await sendAll(outbox, 48), 0);
    await assertArrived(outbox, sink, 48);
    const store = await outbox.store();
    const attempts = await Promise.all((await listOf(outbox)).map(({ id }) => store.messages.attemptsOf(id)));
    const chunked = attempts.flat().filter(({ transcript }) => /BDAT \d+ LAST/.test(transcript ?? ''));
    assert.ok(chunked.length > 0, 'no message went in the window');
  });
});
