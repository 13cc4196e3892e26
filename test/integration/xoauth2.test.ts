// The login by token against real servers: Postfix, which has Dovecot judge it. Only who gives out the tokens is a fake.
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { makeCertificates } from '../support/certificates.ts';
import { freePort, openFolder } from '../support/daemon.ts';
import { startDovecotTokenAuth } from '../support/dovecot.ts';
import { applySettings, newOutbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { startPostfix } from '../support/postfix.ts';
import { isRoot, isThere } from '../support/requirement.ts';
import { startScripted } from '../support/scripted-smtp.ts';
import { startTokenServer } from '../support/token-server.ts';

const user = 'billing@acme.example';

const hasServers = (t: TestContext): boolean =>
  isRoot(t) && isThere(t, 'Postfix', '/usr/sbin/postfix') && isThere(t, 'Dovecot', '/usr/sbin/dovecot');

/** @param maySend asked at each login, with its number */
async function start(t: TestContext, maySend: (login: number, token: string) => boolean) {
  const certificates = makeCertificates(await openFolder(t));
  const sink = await startScripted(t);
  const counts = { tokens: 0, logins: 0 };
  const server = await startTokenServer(t, (path, form) => {
    if (path !== '/introspect') {
      return { status: 200, body: { access_token: `token-${++counts.tokens}`, expires_in: 3_600 } };
    }
    const isActive = maySend(++counts.logins, form.get('token') ?? '');
    return { status: 200, body: isActive ? { active: true, username: user } : { active: false } };
  });
  const port = await freePort();
  const saslSocket = await startDovecotTokenAuth(t, `${server.origin}/introspect`);
  await startPostfix(t, { port, nextHop: sink.port, mynetworks: '192.0.2.0/24', certificates, saslSocket });
  const outbox = await newOutbox(t);
  const oauth = `{ kind: refresh, tokenUrl: "${server.origin}/token", client: app-1, refreshToken: { env: TOKEN } }`;
  const place = `host: localhost, port: ${port}, ca: { file: ${certificates.ca} }, messagesPerConnection: 1`;
  const office = `{ kind: smtp, ${place}, user: ${user}, limits: { connections: 2 }, oauth: ${oauth} }`;
  const env = { TOKEN: 'refresh-1' };
  await applySettings(outbox, settingsYaml(`  office: ${office}\n  faxes: { kind: driver, command: /bin/true }`), env);
  const send = async (count: number) => {
    assert.equal((await outbox.run('import', await writeManifest(outbox, count))).code, 0);
    return outbox.runWith(env, 'run', '--until-empty');
  };
  return { outbox, env, sink, counts, send };
}

test(
  'a batch goes out, and a token that is withdrawn in its middle is replaced once',
  { timeout: 120_000 },
  async (t) => {
    if (!hasServers(t)) return;
    const { sink, counts, send } = await start(t, (login, token) => login <= 5 || token === 'token-2');
    const run = await send(12);
    assert.equal(run.code, 0, run.stdout + run.stderr);
    await sink.reached(12);
    assert.deepEqual([counts.tokens, sink.contents.length], [2, 12]);
  },
);

test(
  'the challenge of a refusal is answered, the words of it kept, and the transport stops',
  { timeout: 120_000 },
  async (t) => {
    if (!hasServers(t)) return;
    const { outbox, env, sink, counts, send } = await start(t, () => false);
    const run = await send(2);
    assert.equal(run.code, 3, run.stdout + run.stderr);
    assert.match(run.stderr, /Transport office is stopped: The mail system refuses the login: 535 5\.7\.8/);
    assert.deepEqual([counts.tokens, counts.logins, sink.contents.length], [1, 1, 0]);
    const tested = await outbox.runWith(env, 'test', 'office');
    assert.match(tested.stdout, /AUTH XOAUTH2 \(token\)\n.*S: 334 .*\n.*C: \(empty line\)\n.*S: 535 /);
    assert.match(tested.stdout, /The server says of the token: \{"status":"401"/);
    assert.doesNotMatch(tested.stdout, /token-\d/);
  },
);
