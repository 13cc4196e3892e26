// Several messages in flight over one connection: what becomes of each when one is refused, the line drops, or the server errs.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import type { Job } from '../../src/message/transport.ts';
import { composeMessage } from '../../src/transport/mime/compose.ts';
import type { Timeouts } from '../../src/transport/smtp/timeouts.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { alwaysWindow } from '../support/always-window.ts';
import { carried, type Carried, type CarriedWish } from '../support/carried.ts';
import { sampleAttachment, sampleJob, smtpSettings } from '../support/jobs.ts';
import { sampleIngredients } from '../support/samples.ts';
import { chunkingEhlo, type Said, type Script, type ScriptedServer, startScripted } from '../support/scripted-smtp.ts';

const window = 4;
/** A server that needs so long for a content has all of a window before it answers the first. */
const allSaidMs = 50;

const jobOf = (number: number, change: Partial<Job> = {}): Job =>
  sampleJob({
    id: `message-${number}`,
    recipient: `c${number}@abf.example`,
    ingredients: sampleIngredients({ messageId: `${number}@acme.example`, to: [`c${number}@abf.example`] }),
    ...change,
  });

const jobs = (count: number): Job[] => Array.from({ length: count }, (_, number) => jobOf(number));

interface Wish extends CarriedWish {
  settings?: Parameters<typeof smtpSettings>[1];
  timeouts?: Partial<Timeouts>;
  jobs?: Job[];
  /** Nothing is known of the server yet. */
  isNew?: boolean;
  ehlo?: string;
  delayMs?: number;
}

interface Done {
  server: ScriptedServer;
  all: Carried;
}

/** Sends six messages, or others, over one line at a time. */
async function send(t: TestContext, script: Script, wish: Wish = {}): Promise<Done> {
  const offers: Script = (said, line, connection) =>
    script(said, line, connection) ?? (said === 'ehlo' ? (wish.ehlo ?? chunkingEhlo()) : undefined);
  const server = await startScripted(t, offers, wish.delayMs);
  const { limits, ...settings } = wish.settings ?? {};
  const all = carried(wish.jobs ?? jobs(6), wish);
  const chosen = smtpSettings(server.port, { ...settings, limits: { window, ...limits } });
  const transport = createSmtpTransport(chosen, {
    password: () => Promise.resolve(null),
    ehloName: 'client',
    debug: null,
    timeouts: wish.timeouts ?? {},
    ways: wish.isNew ? alwaysWindow(chosen, null) : alwaysWindow(chosen),
  });
  await transport.carry!(all.supply);
  await transport.close();
  return { server, all };
}

/** A script that says something once, at the message with this number (from 1, over all connections) and this step. */
function once(at: number, where: Said, reply: string): Script {
  let mails = 0;
  let contents = 0;
  return (said) => {
    if (said === 'mail') mails++;
    if (said === 'content') contents++;
    const number = said === 'content' ? contents : mails;
    return said === where && number === at ? reply : undefined;
  };
}

const repeat = (word: string, count: number): string[] => Array.from({ length: count }, () => word);

/** What the server has kept, by recipient. */
const arrived = ({ contents }: ScriptedServer): string[] =>
  contents.map((content) => /^To: (\S+)/m.exec(content)![1]!).toSorted();

const addresses = (...numbers: number[]): string[] => numbers.map((number) => `c${number}@abf.example`).toSorted();

suite('a window of four', () => {
  test('every message arrives once, byte for byte, with its envelope', async (t) => {
    const { server, all } = await send(t, () => undefined, { jobs: jobs(20) });
    assert.deepEqual(all.words(), repeat('accepted', 20));
    for (const [number, { ingredients, attachments }] of jobs(20).entries()) {
      const whole = (await composeMessage(ingredients, attachments)).toString('latin1');
      assert.equal(server.contents[number], whole);
    }
    assert.deepEqual([server.connections, server.lines.filter((line) => line === 'DATA').length], [1, 0]);
    assert.deepEqual(server.lines.filter((line) => line.startsWith('RCPT')).length, 20);
  });

  test('at most four are in doubt at any time, and four really are in flight', async (t) => {
    const { all } = await send(t, () => undefined, { jobs: jobs(20), delayMs: 2 });
    assert.equal(all.mostInDoubt, 4);
    assert.deepEqual(all.words(), repeat('accepted', 20));
  });

  test('nothing is said of a message before its W3, and W3 of the first four is asked for together', async (t) => {
    const asked: number[] = [];
    const said: string[] = [];
    let release = (): void => {};
    const all = new Promise<void>((resolve) => (release = resolve));
    const script: Script = (place, line) => {
      if (place === 'mail') said.push(line);
      return undefined;
    };
    const { all: done } = await send(t, script, {
      commit: async (number) => {
        asked.push(number);
        if (asked.length === window) {
          assert.deepEqual(said, []);
          release();
        }
        await all;
      },
    });
    assert.deepEqual([asked.slice(0, window), done.words()], [[0, 1, 2, 3], repeat('accepted', 6)]);
  });

  test('one alone goes by DATA: there is nothing to gain', async (t) => {
    const { server } = await send(t, () => undefined, { jobs: jobs(1) });
    assert.deepEqual([server.lines.includes('DATA'), server.contents.length], [true, 1]);
  });

  test('no more than one is under way while the dispatcher does not let more begin', async (t) => {
    const { all, server } = await send(t, () => undefined, { isFree: () => false });
    assert.deepEqual([all.mostInDoubt, all.words()], [1, repeat('accepted', 6)]);
    assert.equal(server.lines.filter((line) => line.startsWith('BDAT')).length, 0);
  });

  test('messages per connection are kept exactly', async (t) => {
    const { all, server } = await send(t, () => undefined, { jobs: jobs(12), settings: { messagesPerConnection: 5 } });
    assert.deepEqual([all.words(), server.connections], [repeat('accepted', 12), 3]);
  });

  test('octets per connection are kept: a new one when they are reached', async (t) => {
    const { all, server } = await send(t, () => undefined, { settings: { limits: { bytesPerConnection: 1 } } });
    assert.deepEqual([all.words(), server.connections], [repeat('accepted', 6), 6]);
  });

  for (const hidden of ['CHUNKING', 'PIPELINING'] as const) {
    test(`a server without ${hidden} gets DATA`, async (t) => {
      const { all, server } = await send(t, () => undefined, { settings: { avoid: [hidden] } });
      assert.deepEqual([all.words(), server.contents.length], [repeat('accepted', 6), 6]);
      assert.equal(server.lines.filter((line) => line.startsWith('BDAT')).length, 0);
    });
  }

  test('an attachment that is read while it is sent goes by DATA, behind those in flight', async (t) => {
    const large = { ...sampleAttachment('Big.pdf', 'x'.repeat(5_000)), fill: null };
    const mixed = jobs(6).map((job, at) => (at === 2 ? { ...job, attachments: [large] } : job));
    const { all, server } = await send(t, () => undefined, { jobs: mixed });
    assert.deepEqual(all.words(), repeat('accepted', 6));
    assert.deepEqual(arrived(server), addresses(0, 1, 2, 3, 4, 5));
    assert.equal(server.lines.filter((line) => line === 'DATA').length, 1);
  });

  test('a document that is gone when it is read fails its message alone, before its W3', async (t) => {
    const broken = {
      ...sampleAttachment('Gone.pdf', 'x'),
      fill: (): never => {
        throw new Error('its pack is damaged');
      },
    };
    const mixed = jobs(6).map((job, at) => (at === 2 ? { ...job, attachments: [broken] } : job));
    const { all, server } = await send(t, () => undefined, { jobs: mixed, delayMs: allSaidMs });
    assert.deepEqual(all.words(), [
      ...repeat('accepted', 2),
      'failed: Error: its pack is damaged',
      ...repeat('accepted', 3),
    ]);
    assert.deepEqual(
      all.fates.map(({ commits }) => commits),
      [1, 1, 0, 1, 1, 1],
    );
    assert.deepEqual(arrived(server), addresses(0, 1, 3, 4, 5));
    assert.equal(server.connections, 1);
  });

  test('a message that can not go over this server fails alone', async (t) => {
    const small = 4_000;
    const mixed = jobs(6);
    mixed[1] = jobOf(1, { attachments: [sampleAttachment('Big.pdf', 'x'.repeat(9_000))] });
    const { all } = await send(t, () => undefined, { jobs: mixed, settings: { limits: { largestMessage: small } } });
    assert.deepEqual(all.words(), ['accepted', 'refused message', ...repeat('accepted', 4)]);
  });
});

suite('a refusal in the window', () => {
  for (const at of [1, 2, 4, 6]) {
    test(`a recipient refused at place ${at}: that message fails, the others arrive, each at its own address`, async (t) => {
      const { all, server } = await send(t, once(at, 'rcpt', '550 5.1.1 no such user'));
      const wanted = repeat('accepted', 6);
      wanted[at - 1] = 'refused message';
      assert.deepEqual(all.words(), wanted);
      const { outcome } = all.fates[at - 1]!;
      assert.deepEqual(outcome!.reply, { code: 550, enhanced: '5.1.1', text: 'no such user' });
      assert.deepEqual(arrived(server), addresses(...[0, 1, 2, 3, 4, 5].filter((number) => number !== at - 1)));
      assert.equal(server.connections, 1);
    });

    test(`a content refused at place ${at}: that message fails, the others go on`, async (t) => {
      const { all } = await send(t, once(at, 'content', '554 5.7.1 looks like spam'));
      const wanted = repeat('accepted', 6);
      wanted[at - 1] = 'refused message';
      assert.deepEqual(all.words(), wanted);
    });

    test(`a sender refused at place ${at} is never read as a yes`, async (t) => {
      const { all } = await send(t, once(at, 'mail', '451 4.3.0 try later'));
      const wanted = repeat('accepted', 6);
      wanted[at - 1] = all.words()[at - 1]!;
      assert.deepEqual(all.words(), wanted);
      assert.match(wanted[at - 1]!, /^refused/);
    });
  }

  test('a yes to the content of a message whose recipient was refused is believed by nobody', async (t) => {
    const refusing = once(2, 'rcpt', '550 5.1.1 no such user');
    const yes = once(2, 'content', '250 2.0.0 queued as A9');
    const { all } = await send(t, (...said) => refusing(...said) ?? yes(...said));
    assert.deepEqual(all.words().slice(0, 2), ['accepted', 'uncertain']);
  });
});

suite('a line that drops in the window', () => {
  for (const at of [1, 2, 3, 4]) {
    test(`without a word at content ${at}: what was answered counts, what was said is uncertain, the rest goes on`, async (t) => {
      const { all, server } = await send(t, once(at, 'content', 'drop'), { delayMs: 2, jobs: jobs(8) });
      const words = all.words();
      assert.deepEqual(words.slice(0, at - 1), repeat('accepted', at - 1));
      assert.equal(words[at - 1], 'uncertain');
      const uncertain = words.filter((word) => word === 'uncertain').length;
      assert.ok(uncertain <= window, `${uncertain} in doubt`);
      for (const word of words) assert.match(word, /^(given back, )?accepted$|^uncertain$/);
      for (const { ends, commits } of all.fates) assert.equal(commits >= ends.length, true);
      assert.equal(new Set(server.contents).size, server.contents.length, 'nothing arrived twice');
    });
  }

  test('while W3 of the next ones is on its way: they are given back and go over another line', async (t) => {
    let release = (): void => {};
    const dropped = new Promise<void>((resolve) => (release = resolve));
    const { all } = await send(t, once(1, 'content', 'drop'), {
      jobs: jobs(5),
      commit: (number) => (number === 0 ? Promise.resolve() : dropped),
      settle: async (number) => {
        if (number === 0) release();
      },
    });
    assert.deepEqual(all.words(), ['uncertain', ...repeat('given back, accepted', 3), 'accepted']);
  });

  test('before anything was said on a fresh line: the line is to blame, once, and nobody is in doubt', async (t) => {
    let release = (): void => {};
    const over = new Promise<void>((resolve) => (release = resolve));
    const server = await startScripted(t, (said) => (said === 'ehlo' ? chunkingEhlo() : undefined));
    const settings = smtpSettings(server.port, { limits: { window } });
    const ways = alwaysWindow(settings);
    const isOpenTo = ways.isOpenTo.bind(ways);
    let isFirst = true;
    ways.isOpenTo = (session) => {
      if (isFirst) {
        session.connection.onEnd(release);
        server.cut();
      }
      isFirst = false;
      return isOpenTo(session);
    };
    const all = carried(jobs(4), { commit: () => over });
    const transport = createSmtpTransport(settings, {
      password: () => Promise.resolve(null),
      ehloName: 'client',
      debug: null,
      ways,
    });
    await transport.carry!(all.supply);
    await transport.close();
    assert.deepEqual(all.words(), ['refused transport', ...repeat('given back, accepted', 3)]);
  });

  test('no answer within the time: all that was said is uncertain, and nothing is sent again', async (t) => {
    const { all, server } = await send(t, once(2, 'content', 'silence'), {
      jobs: jobs(4),
      delayMs: allSaidMs,
      timeouts: { dot: 200 },
    });
    const words = all.words();
    assert.equal(words[0], 'accepted');
    for (const word of words.slice(1)) assert.equal(word, 'uncertain');
    assert.equal(new Set(server.contents).size, server.contents.length);
  });
});

suite('421 in the window', () => {
  for (const where of ['rset', 'mail', 'rcpt'] as const) {
    test(`at ${where.toUpperCase()} of the third: that one and those behind it go over another line, nobody is in doubt`, async (t) => {
      let count = 0;
      const { all, server } = await send(
        t,
        (said) => (said === where && ++count === 3 ? '421 4.3.2 closing\r\ndrop' : undefined),
        { delayMs: 1 },
      );
      assert.deepEqual(all.words(), ['accepted', 'accepted', ...all.words().slice(2)]);
      for (const word of all.words()) assert.match(word, /^(given back, )?accepted$/);
      assert.deepEqual(arrived(server), addresses(0, 1, 2, 3, 4, 5));
      assert.equal(server.connections, 2);
    });
  }

  test('to the first of a fresh line: the line is to blame', async (t) => {
    const { all } = await send(t, once(1, 'mail', '421 4.7.0 too many connections\r\ndrop'), { jobs: jobs(4) });
    assert.deepEqual(all.words(), ['refused transport', ...repeat('given back, accepted', 3)]);
  });

  test('unasked behind a yes: the yes counts', async (t) => {
    const { all, server } = await send(t, once(3, 'content', '250 2.0.0 queued as A3\r\n421 4.3.2 enough\r\ndrop'), {
      delayMs: 1,
    });
    for (const word of all.words()) assert.match(word, /^(given back, )?accepted$/);
    assert.deepEqual(arrived(server), addresses(0, 1, 2, 3, 4, 5));
  });

  test('that is not followed by the end of the line: what is behind it is uncertain, for the server may go on', async (t) => {
    let isOver = false;
    const { all } = await send(
      t,
      (said) => {
        if (isOver && said !== 'greeting' && said !== 'ehlo' && said !== 'quit') return 'silence';
        if (said !== 'content') return undefined;
        isOver = true;
        return '421 4.3.2 closing, some time';
      },
      { jobs: jobs(4), delayMs: allSaidMs, timeouts: { rset: 60 } },
    );
    assert.deepEqual(all.words(), ['refused transport', ...repeat('uncertain', 3)]);
  });
});

suite('answers out of step', () => {
  test('one too many shifts all that follow: no message is released by an answer to something else', async (t) => {
    const { all } = await send(t, once(2, 'mail', '250 2.1.0 sender ok\r\n250 2.1.0 sender ok'), { delayMs: 1 });
    assert.deepEqual(all.words().slice(0, 2), ['accepted', 'uncertain']);
    for (const word of all.words()) assert.match(word, /^(given back, )?accepted$|^uncertain$/);
  });

  test('one too few as well', async (t) => {
    const { all } = await send(t, once(2, 'rcpt', 'silence'), { delayMs: 1, timeouts: { dot: 60 } });
    assert.equal(all.words()[0], 'accepted');
    assert.equal(all.words()[1], 'uncertain');
  });

  test('a server that says the same to everything never gets a window', async (t) => {
    const same: Script = (said) => (['rset', 'mail', 'rcpt', 'content'].includes(said) ? '250 ok' : undefined);
    const { all, server } = await send(t, same, { isNew: true, delayMs: 1 });
    assert.deepEqual([all.words(), all.mostInDoubt], [repeat('accepted', 6), 1]);
    assert.equal(server.lines.filter((line) => line.startsWith('BDAT')).length, 1);
  });

  test('a server that offers chunks and does not know them gets DATA, and the message goes out all the same', async (t) => {
    const { all, server } = await send(t, once(1, 'content', '502 5.5.1 what is that'), { isNew: true });
    assert.deepEqual(all.words(), ['given back, accepted', ...repeat('accepted', 5)]);
    assert.equal(server.lines.filter((line) => line.startsWith('BDAT')).length, 1);
  });

  test('what is no reply ends the line: what was said is uncertain', async (t) => {
    const { all } = await send(t, once(2, 'content', 'hello there'), { jobs: jobs(4), delayMs: allSaidMs });
    assert.deepEqual(all.words(), ['accepted', ...repeat('uncertain', 3)]);
  });
});

suite('W3 and W4 in the window', () => {
  test('a message that is not ours any more is left out, and the others go on', async (t) => {
    const { all, server } = await send(t, () => undefined, {
      commit: (number) => (number === 2 ? Promise.reject(new Error('lease lost')) : Promise.resolve()),
    });
    assert.deepEqual(all.words(), ['accepted', 'accepted', '', ...repeat('accepted', 3)]);
    assert.deepEqual(arrived(server), addresses(0, 1, 3, 4, 5));
  });

  test('when a result can not be written no more messages are said, and the caller hears of it', async (t) => {
    const broken = new Error('disk full');
    const server = await startScripted(t, (said) => (said === 'ehlo' ? chunkingEhlo() : undefined), 1);
    const settings = smtpSettings(server.port, { limits: { window } });
    let isBroken = false;
    const all = carried(jobs(20), {
      settle: (number) => {
        if (number < 2) return Promise.resolve();
        isBroken = true;
        return Promise.reject(broken);
      },
      // As the dispatcher does.
      isFree: () => !isBroken,
    });
    const transport = createSmtpTransport(settings, {
      password: () => Promise.resolve(null),
      ehloName: 'client',
      debug: null,
      ways: alwaysWindow(settings),
    });
    await assert.rejects(transport.carry!(all.supply), broken);
    await transport.close();
    assert.ok(server.contents.length <= 2 + window, `${server.contents.length} were said`);
  });
});

suite('BINARYMIME', () => {
  const bytes = Uint8Array.from({ length: 3_000 }, (_, at) => (at * 7) % 256);
  const odd = jobs(4).map((job) => ({ ...job, attachments: [sampleAttachment('Odd.bin', bytes)] }));
  const binary = { binary: true };

  test('where it is offered and allowed attachments go as they are, and the envelope says so', async (t) => {
    const { all, server } = await send(t, () => undefined, {
      jobs: odd,
      settings: binary,
      ehlo: chunkingEhlo('BINARYMIME'),
    });
    assert.deepEqual(all.words(), repeat('accepted', 4));
    assert.match(
      server.lines.find((line) => line.startsWith('MAIL'))!,
      / BODY=BINARYMIME/,
    );
    const [, part = ''] = /encoding: binary\r\n\r\n([^]*?)\r\n--=_mixed_/i.exec(server.contents[0]!) ?? [];
    assert.deepEqual(Buffer.from(part, 'latin1'), Buffer.from(bytes));
  });

  for (const [what, wish] of [
    ['not offered', { settings: binary }],
    ['not allowed', { ehlo: chunkingEhlo('BINARYMIME') }],
  ] as const) {
    test(`where it is ${what} they go in base64`, async (t) => {
      const { all, server } = await send(t, () => undefined, { jobs: odd, ...wish });
      assert.deepEqual(all.words(), repeat('accepted', 4));
      assert.equal(
        server.contents[0],
        (await composeMessage(odd[0]!.ingredients, odd[0]!.attachments)).toString('latin1'),
      );
    });
  }
});
