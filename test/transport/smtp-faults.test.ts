// What the SMTP transport makes of everything a mail server can do wrong: whose fault it is, and what is known of the message.
import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { OutboxError } from '../../src/message/errors.ts';
import { composeMessage } from '../../src/transport/mime/compose.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { sampleJob, smtpSettings } from '../support/jobs.ts';
import { sampleIngredients } from '../support/samples.ts';
import { type ScriptedServer, type Script, startScripted } from '../support/scripted-smtp.ts';
import { at, refused, tryWith, type Wish } from '../support/smtp-attempt.ts';

suite('before the commit point: provably unsent', () => {
  test('nobody listens: the transport is to blame', async () => {
    const transport = createSmtpTransport(smtpSettings(1), {
      password: () => Promise.resolve(null),
      ehloName: 'c',
      debug: null,
    });
    const outcome = refused(await transport.send(sampleJob(), () => assert.fail('nothing may be committed')));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'connect']);
  });

  for (const [what, where, reply, fault] of [
    ['a greeting of 554', 'greeting', '554 5.3.2 go away', 'transport'],
    ['a greeting of 421', 'greeting', '421 4.3.2 too busy', 'transport'],
    ['no greeting but nonsense', 'greeting', 'HTTP/1.1 400 Bad Request', 'transport'],
    ['the line cut at the greeting', 'greeting', 'drop', 'transport'],
    ['the line cut at EHLO', 'ehlo', 'drop', 'transport'],
    ['the line cut at MAIL', 'mail', 'drop', 'transport'],
    ['the line cut at RCPT', 'rcpt', 'drop', 'transport'],
    ['the line cut at DATA', 'data', 'drop', 'transport'],
    ['421 at MAIL', 'mail', '421 4.7.0 closing', 'transport'],
    ['too many connections', 'mail', '421 4.7.66 Too many concurrent connections', 'transport'],
    ['a sender that is not allowed', 'mail', '550 5.7.60 not permitted to send as this sender', 'transport'],
    ['relaying denied', 'rcpt', '550 5.7.54 Unable to relay recipient in non-accepted domain', 'transport'],
    ['an unknown mailbox', 'rcpt', '550 5.1.1 no such user', 'message'],
    ['a full mailbox', 'rcpt', '452 4.2.2 mailbox full', 'message'],
    ['greylisting', 'rcpt', '450 4.2.0 greylisted', 'message'],
  ] as const) {
    test(`${what} blames the ${fault} and commits nothing`, async (t) => {
      const { outcome, commits } = await tryWith(t, at(where, reply));
      assert.equal(refused(outcome).blame, fault);
      assert.equal(commits, 0);
    });
  }

  test('5xx at RCPT is for ever, 4xx is for later', async (t) => {
    const never = refused((await tryWith(t, at('rcpt', '550 5.1.1 no such user'))).outcome);
    assert.deepEqual([never.permanent, never.reason], [true, 'mailbox-unknown']);
    assert.deepEqual(never.reply, { code: 550, enhanced: '5.1.1', text: 'no such user' });
    const later = refused((await tryWith(t, at('rcpt', '450 4.2.0 greylisted'))).outcome);
    assert.equal(later.permanent, false);
  });

  test('a server that says nothing is given up after the time of the phase', async (t) => {
    const { outcome, commits } = await tryWith(t, at('rcpt', 'silence'), {
      timeouts: { rcpt: 50 },
      settings: { avoid: ['PIPELINING'] },
    });
    assert.deepEqual([refused(outcome).blame, refused(outcome).fault, commits], ['transport', 'connect', 0]);
  });

  test('a message larger than SIZE says is not even begun', async (t) => {
    const { outcome, server } = await tryWith(t, at('ehlo', '250-small\r\n250 SIZE 100'));
    assert.deepEqual([refused(outcome).reason, refused(outcome).blame], ['too-large', 'message']);
    assert.equal(
      server.lines.some((line) => line.startsWith('MAIL')),
      false,
    );
  });

  test('the smaller of SIZE and largestMessage counts, on the octets of the line', async (t) => {
    const job = sampleJob();
    const size = (await composeMessage(job.ingredients, job.attachments)).length;
    const tryLimits = async (announced: number, largestMessage: number | null): Promise<string> => {
      const script = at('ehlo', `250-server\r\n250 SIZE ${announced}`);
      const { outcome, commits } = await tryWith(t, script, { job, settings: { limits: { largestMessage } } });
      assert.equal(commits, outcome.result === 'accepted' ? 1 : 0);
      return outcome.result === 'refused' ? `${outcome.reason} ${outcome.permanent} ${outcome.text}` : outcome.result;
    };
    assert.equal(await tryLimits(0, size), 'accepted');
    assert.equal(await tryLimits(size, null), 'accepted');
    assert.match(
      await tryLimits(0, size - 1),
      new RegExp(`too-large true .* ${size} bytes .* ${size - 1} go through office`),
    );
    assert.match(await tryLimits(size * 2, size - 1), new RegExp(`at most ${size - 1} `));
    assert.match(await tryLimits(size - 2, size * 2), new RegExp(`at most ${size - 2} `));
  });

  test('an address beyond ASCII needs SMTPUTF8', async (t) => {
    const job = { recipient: 'jürgen@abf.example', ingredients: sampleIngredients({ to: ['jürgen@abf.example'] }) };
    assert.equal(refused((await tryWith(t, () => undefined, { job })).outcome).reason, 'bad-address');
    const { outcome, server } = await tryWith(t, at('ehlo', '250-new\r\n250-8BITMIME\r\n250 SMTPUTF8'), { job });
    assert.equal(outcome.result, 'accepted');
    assert.match(
      server.lines.find((line) => line.startsWith('MAIL'))!,
      / SMTPUTF8$/,
    );
  });

  test('a commit that fails sends no dot', async (t) => {
    const server = await startScripted(t);
    const transport = createSmtpTransport(smtpSettings(server.port), {
      password: () => Promise.resolve(null),
      ehloName: 'c',
      debug: null,
    });
    const lost = new Error('lease lost');
    await assert.rejects(
      transport.send(sampleJob(), () => Promise.reject(lost)),
      lost,
    );
    assert.deepEqual(server.contents, []);
  });
});

suite('after the final dot', () => {
  test('250 is accepted, with the words of the server', async (t) => {
    const { outcome, commits, server } = await tryWith(t, () => undefined);
    assert.equal(outcome.result, 'accepted');
    assert.deepEqual(outcome.reply, { code: 250, enhanced: '2.0.0', text: 'queued as A1' });
    assert.deepEqual([commits, server.contents.length], [1, 1]);
  });

  for (const [what, reply] of [
    ['the line cut', 'drop'],
    ['an answer that is neither yes nor no', '354 what?'],
    ['an answer that is no SMTP', 'hello there'],
  ] as const) {
    test(`${what} leaves it uncertain, never failed and never to be sent again`, async (t) => {
      const { outcome, commits } = await tryWith(t, at('content', reply));
      assert.deepEqual([outcome.result, commits], ['uncertain', 1]);
    });
  }

  test('no answer within the time leaves it uncertain', async (t) => {
    const { outcome } = await tryWith(t, at('content', 'silence'), { timeouts: { dot: 50 } });
    assert.equal(outcome.result, 'uncertain');
  });

  test('554 refuses this message, 451 only for now', async (t) => {
    const never = refused((await tryWith(t, at('content', '554 5.7.1 looks like spam'))).outcome);
    assert.deepEqual([never.blame, never.permanent], ['message', true]);
    const later = refused((await tryWith(t, at('content', '451 4.3.0 try later'))).outcome);
    assert.equal(later.permanent, false);
  });

  test('a yes followed by a cut line is a yes', async (t) => {
    const { outcome } = await tryWith(t, (said) =>
      said === 'content' ? '250 2.0.0 kept\r\n421 4.3.2 going down' : undefined,
    );
    assert.equal(outcome.result, 'accepted');
  });
});

suite('connections', () => {
  const transportTo = (server: ScriptedServer, change: Wish['settings'] = {}) =>
    createSmtpTransport(smtpSettings(server.port, change), {
      password: () => Promise.resolve(null),
      ehloName: 'c',
      debug: null,
    });
  const commit = (): Promise<void> => Promise.resolve();

  test('are used again, and only so often as set', async (t) => {
    const server = await startScripted(t);
    const transport = transportTo(server, { messagesPerConnection: 2 });
    for (let count = 0; count < 4; count++) await transport.send(sampleJob(), commit);
    await transport.close();
    assert.deepEqual([server.connections, server.contents.length], [2, 4]);
  });

  test('a refused recipient is followed by RSET before the next message', async (t) => {
    let first = true;
    const server = await startScripted(t, (said) => {
      if (said !== 'rcpt' || !first) return undefined;
      first = false;
      return '550 5.1.1 no such user';
    });
    const transport = transportTo(server, { avoid: ['PIPELINING'] });
    await transport.send(sampleJob(), commit);
    assert.equal((await transport.send(sampleJob(), commit)).result, 'accepted');
    await transport.close();
    const mails = server.lines.flatMap((line, index) => (line.startsWith('MAIL') ? [index] : []));
    assert.equal(server.lines.slice(mails[0], mails[1]).includes('RSET'), true);
  });

  test('a kept connection that the server has closed is replaced without a word', async (t) => {
    let messages = 0;
    const server = await startScripted(t, (said) => {
      if (said === 'mail' && ++messages === 2) return 'drop';
      return undefined;
    });
    const transport = transportTo(server);
    for (let count = 0; count < 2; count++)
      assert.equal((await transport.send(sampleJob(), commit)).result, 'accepted');
    await transport.close();
    assert.equal(server.contents.length, 2);
  });

  test('a kept connection that breaks after the dot is never tried again', async (t) => {
    let contents = 0;
    const server = await startScripted(t, (said) => (said === 'content' && ++contents === 2 ? 'drop' : undefined));
    const transport = transportTo(server);
    await transport.send(sampleJob(), commit);
    assert.equal((await transport.send(sampleJob(), commit)).result, 'uncertain');
    await transport.close();
    assert.equal(server.contents.length, 2);
  });

  test('what arrives is what was composed, byte for byte', async (t) => {
    const server = await startScripted(t);
    const transport = transportTo(server);
    const job = sampleJob({ ingredients: sampleIngredients({ text: '.\n..\nfirst\n.hidden\n' }) });
    await transport.send(job, commit);
    await transport.close();
    assert.equal(server.contents[0], (await composeMessage(job.ingredients, job.attachments)).toString('latin1'));
  });
});

suite('between W3 and the dot', () => {
  /** A server that does something when it has the whole content and not yet the dot. */
  async function startEarly(t: TestContext, act: (socket: Socket) => void) {
    let done = (): void => {};
    const acted = new Promise<void>((resolve) => (done = resolve));
    let heard = '';
    const server = createServer((socket) => {
      let text = '';
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        heard += chunk.toString('latin1');
        text += chunk.toString('latin1');
        if (/^EHLO/m.test(text)) socket.write('250-early\r\n250 PIPELINING\r\n');
        if (/^DATA/m.test(text)) socket.write('250 2.1.0 ok\r\n250 2.1.5 ok\r\n354 go on\r\n');
        if (/^EHLO|^DATA/m.test(text)) text = '';
        if (!/^--=_mixed_\w+--\r$/m.test(text)) return;
        text = '';
        act(socket);
        done();
      });
      socket.write('220 early ESMTP\r\n');
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const transport = createSmtpTransport(smtpSettings((server.address() as AddressInfo).port), {
      password: () => Promise.resolve(null),
      ehloName: 'client',
      debug: null,
    });
    /** W3 takes until the server has acted and we can have heard of it. */
    const commit = async (): Promise<void> => {
      await acted;
      for (let turn = 0; turn < 20; turn++) await setImmediate();
    };
    const outcome = refused(await transport.send(sampleJob(), commit));
    await transport.close();
    return { outcome, saidDot: heard.includes('\r\n.\r\n') };
  }

  test('an answer that comes before the dot is never taken for the one to the dot', async (t) => {
    const { outcome, saidDot } = await startEarly(t, (socket) => socket.write('250 2.0.0 queued already\r\n'));
    assert.deepEqual([outcome.blame, outcome.fault, saidDot], ['transport', 'protocol', false]);
  });

  test('a refusal that comes before the dot is the answer, and the message is to blame', async (t) => {
    const { outcome, saidDot } = await startEarly(t, (socket) => socket.end('552 5.3.4 too large\r\n'));
    assert.deepEqual([outcome.blame, outcome.reason, saidDot], ['message', 'too-large', false]);
  });

  test('a line that breaks before the dot leaves the message provably unsent', async (t) => {
    const { outcome, saidDot } = await startEarly(t, (socket) => socket.resetAndDestroy());
    assert.deepEqual([outcome.blame, outcome.fault, saidDot], ['transport', 'connect', false]);
  });
});

suite('login', () => {
  const user = { user: 'clerk', password: { env: 'X' } };
  const offering = (line: string): Script => at('ehlo', `250-here\r\n250 AUTH ${line}`);

  test('a password never goes in clear unless somebody chose it', async (t) => {
    const { outcome, server } = await tryWith(t, offering('PLAIN LOGIN'), { settings: user, password: 'secret' });
    assert.deepEqual([refused(outcome).blame, refused(outcome).fault], ['transport', 'configuration']);
    assert.equal(
      server.lines.some((line) => line.startsWith('AUTH')),
      false,
    );
  });

  test('chosen, it goes by PLAIN, and the transcript does not show it', async (t) => {
    const { outcome, server } = await tryWith(t, offering('PLAIN'), {
      settings: { ...user, authInClear: true },
      password: 'secret',
    });
    assert.equal(outcome.result, 'accepted');
    const wire = Buffer.from('\0clerk\0secret').toString('base64');
    assert.equal(server.lines.includes(`AUTH PLAIN ${wire}`), true);
    assert.equal(outcome.transcript.includes(wire), false);
  });

  test('CRAM-MD5 answers the challenge as RFC 2195 shows', async (t) => {
    const script: Script = (said, line) => {
      if (said === 'ehlo') return '250-here\r\n250 AUTH CRAM-MD5';
      if (line === 'AUTH CRAM-MD5')
        return `334 ${Buffer.from('<1896.697170952@postoffice.reston.mci.net>').toString('base64')}`;
      return undefined;
    };
    const settings = { user: 'tim', password: { env: 'X' }, authInClear: true };
    const { outcome, server } = await tryWith(t, script, { settings, password: 'tanstaaftanstaaf' });
    assert.equal(outcome.result, 'accepted');
    assert.equal(server.lines.includes('dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw'), true);
  });

  test('535 stops the transport, and no message is to blame', async (t) => {
    const script: Script = (said) => {
      if (said === 'ehlo') return '250-here\r\n250 AUTH PLAIN';
      return said === 'auth' ? '535 5.7.8 wrong password' : undefined;
    };
    const { outcome } = await tryWith(t, script, { settings: { ...user, authInClear: true }, password: 'x' });
    assert.deepEqual(
      [refused(outcome).blame, refused(outcome).fault, refused(outcome).reason],
      ['transport', 'auth', 'authentication'],
    );
  });

  test('a password that can not be read stops the transport, and no message is to blame', async (t) => {
    const server = await startScripted(t, offering('PLAIN'));
    const settings = smtpSettings(server.port, { ...user, authInClear: true });
    const unreadable = new OutboxError('OBX004', { name: 'transports.office.password', detail: 'X is not set' });
    const password = (): Promise<string> => Promise.reject(unreadable);
    const transport = createSmtpTransport(settings, { password, ehloName: 'c', debug: null });
    const outcome = refused(await transport.send(sampleJob(), () => assert.fail('nothing may be committed')));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'configuration']);
    assert.match(outcome.text, /transports\.office\.password can not be read: X is not set → Set it/);
  });

  test('TLS demanded and not offered: not a word of the message is said', async (t) => {
    const { outcome, server } = await tryWith(t, () => undefined, { settings: { tls: 'required' } });
    assert.equal(refused(outcome).fault, 'tls');
    assert.equal(
      server.lines.some((line) => line.startsWith('MAIL')),
      false,
    );
  });
});
