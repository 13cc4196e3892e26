// What the SMTP transport makes of answers that are odd: echoes, control characters, words too many, lines that end anyhow.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { OutboxError } from '../../src/message/errors.ts';
import type { SmtpSettings } from '../../src/message/settings.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { sampleJob, smtpSettings } from '../support/jobs.ts';
import { type Script, startScripted } from '../support/scripted-smtp.ts';
import { at, refused, tryWith } from '../support/smtp-attempt.ts';

const user = { user: 'clerk', password: { env: 'X' }, authInClear: true };
const offering = (...lines: string[]): string =>
  ['250-here', ...lines.map((line) => `250-${line}`), '250 HELP'].join('\r\n');

suite('a password that can not be read', () => {
  const unreadable = () =>
    Promise.reject(new OutboxError('OBX004', { name: 'OFFICE_PASSWORD', detail: 'there is no such variable' }));
  const start = async (t: TestContext) => {
    const server = await startScripted(t);
    const parts = { password: unreadable, ehloName: 'client', debug: null };
    return { server, transport: createSmtpTransport(smtpSettings(server.port, user), parts) };
  };

  test('stops the transport in the words of the secret, before anything is connected', async (t) => {
    const { server, transport } = await start(t);
    const outcome = refused(await transport.send(sampleJob(), () => assert.fail('nothing may be committed')));
    assert.deepEqual([outcome.blame, outcome.fault, server.connections], ['transport', 'configuration', 0]);
    assert.match(
      outcome.text,
      /The secret OFFICE_PASSWORD can not be read: there is no such variable.*Set it, or name/,
    );
  });

  test('is a step of the test of the transport', async (t) => {
    const { transport } = await start(t);
    const report = await transport.test({ sender: 'a@acme.example', recipient: 'b@acme.example' });
    assert.deepEqual([report.ok, report.steps.length], [false, 1]);
    assert.match(report.steps[0]!.text, /OFFICE_PASSWORD/);
  });
});

suite('a server that repeats what it was told', () => {
  const password = 'open sesame/7';
  const hidden = [
    password,
    Buffer.from(password).toString('base64'),
    Buffer.from(`\0clerk\0${password}`).toString('base64'),
    encodeURIComponent(password),
  ];

  for (const [mechanism, how] of [
    ['PLAIN', (line: string) => `500 5.5.1 unrecognized command: ${line}`],
    ['PLAIN', (line: string) => `${line} is no SMTP`],
    ['PLAIN', (line: string) => `535-5.7.8 no\r\n535 5.7.8 ${line} ${hidden.join(' ')}`],
    ['LOGIN', (line: string) => (line === 'AUTH LOGIN' ? '334 VXNlcm5hbWU6' : `535 5.7.8 not ${line}`)],
    ['CRAM-MD5', (line: string) => (line === 'AUTH CRAM-MD5' ? '334 PDE+' : `535 5.7.8 not ${line}`)],
  ] as const) {
    test(`${mechanism}: no secret in transcript, reply, words or debug file (${how('X').slice(0, 12)})`, async (t) => {
      const server = await startScripted(t, (said, line) => {
        if (said === 'ehlo') return offering(`AUTH ${mechanism}`);
        return said === 'auth' ? how(line) : undefined;
      });
      const debug: string[] = [];
      const transport = createSmtpTransport(smtpSettings(server.port, user), {
        password: () => Promise.resolve(password),
        ehloName: 'client',
        debug: { line: (text) => debug.push(text) },
      });
      const outcome = refused(await transport.send(sampleJob(), () => Promise.resolve()));
      assert.equal(outcome.blame, 'transport');
      const secrets = [...hidden, ...server.lines.filter((line) => /^[\w+/]+=*$/.test(line) && line !== 'QUIT')];
      const all = JSON.stringify([outcome, debug]);
      for (const secret of secrets) assert.equal(all.includes(JSON.stringify(secret).slice(1, -1)), false, secret);
      assert.match(all, /\(secret\)/);
    });
  }
});

suite('control characters', () => {
  test('in a reply are made visible, TAB stays', async (t) => {
    const { outcome } = await tryWith(t, at('content', '250 2.0.0 a\0b\x1b[31m\tc\x7f'));
    assert.deepEqual(outcome.reply, { code: 250, enhanced: '2.0.0', text: 'a␀b␛[31m\tc␡' });
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    assert.doesNotMatch(outcome.transcript, /[\0\x1b\x7f]/);
  });

  test('in what is no reply are made visible too', async (t) => {
    const { outcome } = await tryWith(t, at('greeting', 'SSH\x1b]0;owned\x07'));
    assert.match(refused(outcome).text, /SSH␛\]0;owned␇/);
  });
});

suite('lines', () => {
  test('that end with a bare LF are read', async (t) => {
    assert.equal((await tryWith(t, at('mail', '250-2.1.0 well\n250 2.1.0 good'))).outcome.result, 'accepted');
  });

  test('with a bare CR inside are not', async (t) => {
    const { outcome } = await tryWith(t, at('mail', '250 2.1.0 well\rgood'));
    assert.deepEqual([refused(outcome).blame, refused(outcome).fault], ['transport', 'protocol']);
  });

  test('of nonsense behind a yes leave it a yes', async (t) => {
    const { outcome } = await tryWith(t, at('content', '250 2.0.0 kept\r\nwell done'));
    assert.deepEqual([outcome.result, outcome.reply?.text], ['accepted', 'kept']);
  });

  test('of nonsense behind a no leave it a no', async (t) => {
    const { outcome } = await tryWith(t, at('content', '554 5.7.1 spam\r\nso there'));
    assert.deepEqual([refused(outcome).blame, refused(outcome).permanent], ['message', true]);
  });
});

suite('the first digit is what counts (RFC 5321 4.2.1)', () => {
  for (const where of ['mail', 'rcpt'] as const) {
    test(`any 2xx at ${where} is a yes`, async (t) => {
      assert.equal((await tryWith(t, at(where, '254 2.0.0 as you like'))).outcome.result, 'accepted');
    });
  }

  for (const reply of ['500 what?', '502 no', '504 not so', '550 5.7.1 not you']) {
    test(`EHLO refused by ${reply} is followed by HELO`, async (t) => {
      const script: Script = (said, line) => {
        if (said !== 'ehlo') return undefined;
        return line.startsWith('EHLO') ? reply : '250 hello';
      };
      assert.equal((await tryWith(t, script)).outcome.result, 'accepted');
    });
  }
});

test('a machine that knows but one label of its name greets with its address', async (t) => {
  const { server } = await tryWith(t, () => undefined, { settings: { ehlo: null }, ehloName: 'acme-pc' });
  assert.equal(server.lines[0], 'EHLO [127.0.0.1]');
});

for (const lines of [
  ['AUTH PLAIN LOGIN', 'AUTH='],
  ['AUTH=', 'AUTH LOGIN'],
  ['AUTH CRAM-MD5', 'AUTH=LOGIN'],
]) {
  test(`${lines.join(' and ')} together say how to log in`, async (t) => {
    const script: Script = (said, line) => {
      if (said === 'ehlo') return offering(...lines);
      return said === 'auth' && line.startsWith('AUTH') && !line.startsWith('AUTH PLAIN') ? '334 ' : undefined;
    };
    const settings: Partial<SmtpSettings> = { ...user, avoid: ['CRAM-MD5'] };
    const { server } = await tryWith(t, script, { settings, password: 'secret' });
    assert.match(
      server.lines.find((line) => line.startsWith('AUTH'))!,
      /^AUTH (PLAIN|LOGIN)/,
    );
  });
}

suite('a kept connection', () => {
  for (const [what, words] of [
    ['421', '\r\n421 4.4.2 idle too long'],
    ['the beginning of a line', '\r\n42'],
  ] as const) {
    test(`on which the server has said ${what} is not used for the next message`, async (t) => {
      const server = await startScripted(t, (said) => (said === 'content' ? `250 2.0.0 kept${words}` : undefined));
      const parts = { password: () => Promise.resolve(null), ehloName: 'client', debug: null };
      const transport = createSmtpTransport(smtpSettings(server.port), parts);
      for (let count = 0; count < 2; count++) {
        assert.equal((await transport.send(sampleJob(), () => Promise.resolve())).result, 'accepted');
      }
      await transport.close();
      assert.deepEqual([server.connections, server.contents.length], [2, 2]);
    });
  }
});

suite('a refused recipient, with the commands in one flight', () => {
  const unknown = '550 5.1.1 no such user';

  for (const then of ['drop', 'silence'] as const) {
    test(`stays refused when the answer to DATA is ${then}`, async (t) => {
      const script: Script = (said) => (said === 'rcpt' ? unknown : said === 'data' ? then : undefined);
      const { outcome, commits } = await tryWith(t, script, { timeouts: { data: 50 } });
      assert.deepEqual([refused(outcome).reason, refused(outcome).permanent, commits], ['mailbox-unknown', true, 0]);
    });
  }

  for (const answer of ['554 5.5.1 no valid recipients', '250 2.0.0 as you like']) {
    test(`and DATA opened all the same: the lone dot ends it (${answer}), and the connection serves on`, async (t) => {
      let recipients = 0;
      let contents = 0;
      const server = await startScripted(t, (said) => {
        if (said === 'rcpt' && ++recipients === 1) return unknown;
        return said === 'content' && ++contents === 1 ? answer : undefined;
      });
      const parts = { password: () => Promise.resolve(null), ehloName: 'client', debug: null };
      const transport = createSmtpTransport(smtpSettings(server.port), parts);
      const first = await transport.send(sampleJob(), () => assert.fail('nothing may be committed'));
      assert.equal(refused(first).reason, 'mailbox-unknown');
      assert.equal((await transport.send(sampleJob(), () => Promise.resolve())).result, 'accepted');
      await transport.close();
      assert.deepEqual([server.connections, server.emptyEnds, server.contents.length], [1, 1, 1]);
    });
  }

  test('a refused sender with an accepted recipient gets no dot: somebody could be given the nothing', async (t) => {
    const { outcome, server } = await tryWith(t, at('mail', '550 5.7.1 not you'));
    assert.deepEqual([refused(outcome).blame, server.contents, server.emptyEnds], ['transport', [], 0]);
  });
});
