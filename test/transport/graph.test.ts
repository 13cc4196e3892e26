// Sending through Microsoft Graph: every size, every fault, and at the end of each a ledger with nothing lost and nothing doubled.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { suite, test, type TestContext } from 'node:test';
import type { GraphSettings } from '../../src/message/settings.ts';
import type { Job, Outcome } from '../../src/message/transport.ts';
import { openSlots } from '../../src/transport/graph/slots.ts';
import { bytesOf } from '../../src/transport/mime/job-content.ts';
import { createGraphTransport } from '../../src/transport/graph/transport.ts';
import { TokenFault } from '../../src/transport/oauth/token-fault.ts';
import type { TokenSource } from '../../src/transport/oauth/token-source.ts';
import { graphSettings, sampleAttachment, sampleJob, simpleTokens } from '../support/jobs.ts';
import { type FakeGraph, type FaultPlan, type GraphWish, startFakeGraph } from '../support/microsoft-graph/server.ts';
import { makeCertificates } from '../support/certificates.ts';
import { isThere } from '../support/requirement.ts';
import { sampleIngredients } from '../support/samples.ts';
import { temporaryFolder } from '../support/temporary.ts';

interface Wish extends GraphWish {
  settings?: Partial<GraphSettings>;
  tokens?: TokenSource;
  timeoutMs?: number;
}

interface World {
  graph: FakeGraph;
  commits: number;
  /** One try of the message. */
  attempt(job: Job): Promise<Outcome>;
  transport: ReturnType<typeof createGraphTransport>;
}

async function world(t: TestContext, wish: Wish = {}): Promise<World> {
  const graph = await startFakeGraph(t, wish);
  const transport = createGraphTransport(graphSettings(graph.baseUrl, wish.settings), {
    tokens: wish.tokens ?? simpleTokens(),
    slots: openSlots(),
    looks: [0, 1],
    ...(wish.timeoutMs === undefined ? {} : { timeoutMs: wish.timeoutMs }),
  });
  const made: World = {
    graph,
    commits: 0,
    transport,
    attempt: (job) =>
      transport.send(job, () => {
        made.commits++;
        return Promise.resolve();
      }),
  };
  return made;
}

/** Bytes that compress to nothing and repeat nowhere, so that a range in the wrong place shows. */
function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  return bytes;
}

const small = (): Job => sampleJob();
const withSize = (...sizes: number[]): Job =>
  sampleJob({ attachments: sizes.map((size, at) => sampleAttachment(`Invoice ${at + 1}.pdf`, pattern(size))) });
const large = (): Job => withSize(5_000_000, 40_000);

function refused(outcome: Outcome) {
  assert.equal(outcome.result, 'refused', outcome.result === 'uncertain' ? outcome.text : outcome.transcript);
  return outcome;
}

function accepted(outcome: Outcome) {
  assert.equal(outcome.result, 'accepted', outcome.transcript);
  return outcome;
}

/** Exactly this message went out, once, to its recipient alone; nothing is left in Drafts. */
async function sentOnce({ graph }: World, job: Job): Promise<void> {
  assert.deepEqual(
    graph.mailbox.ledger.map(({ messageId, recipients }) => ({ messageId, recipients })),
    [{ messageId: job.ingredients.messageId, recipients: [job.recipient] }],
  );
  assert.deepEqual(foldersOf(graph), ['sentitems']);
  const sent = graph.mailbox.ledger[0]!;
  assert.deepEqual(
    sent.attachments.map(({ name }) => name),
    job.attachments.map(({ name }) => name),
  );
  for (const [at, { bytes }] of sent.attachments.entries()) {
    assert.ok(bytes.equals(await bytesOf(job.attachments[at]!)), `the bytes of attachment ${at + 1} are others`);
  }
}

const foldersOf = ({ mailbox }: FakeGraph): string[] => [...mailbox.items.values()].map(({ folder }) => folder);

const first =
  (wanted: string, fault: ReturnType<FaultPlan>): FaultPlan =>
  (step, count) =>
    step === wanted && count === 1 ? fault : undefined;

suite('sizes', () => {
  test('a small message goes as the MIME that we compose, and keeps our Message-ID', async (t) => {
    const it = await world(t);
    const job = small();
    const outcome = accepted(await it.attempt(job));
    await sentOnce(it, job);
    assert.ok(
      it.graph.mailbox.ledger[0]!.mime!.toString('latin1').includes(`Message-ID: <${job.ingredients.messageId}>`),
    );
    assert.equal(it.commits, 1);
    assert.deepEqual(it.graph.log, ['GET folder', 'GET folder', 'GET find', 'POST draft', 'POST send']);
    assert.match(outcome.reply!.text, new RegExp(job.ingredients.messageId));
  });

  test('the largest that fits one request goes as MIME, one octet more goes as JSON with its attachment in one request', async (t) => {
    // 2,925,000 octets of MIME are 3,900,000 of base64; the attachment is base64 with line ends in there.
    for (const [size, steps] of [
      [2_130_000, ['POST draft', 'POST send']],
      [2_140_000, ['POST draft', 'POST attachment', 'POST send']],
    ] as const) {
      const it = await world(t);
      const job = withSize(size);
      accepted(await it.attempt(job));
      await sentOnce(it, job);
      assert.deepEqual(
        it.graph.log.filter((line) => line.startsWith('POST')),
        steps,
      );
    }
  });

  test('a large attachment goes in ranges, in order, without our token; small ones beside it in one request', async (t) => {
    const it = await world(t);
    const job = withSize(12_000_000, 40_000, 3_000_000);
    const outcome = accepted(await it.attempt(job));
    await sentOnce(it, job);
    assert.equal(it.graph.log.filter((line) => line === 'PUT upload').length, 5);
    assert.equal(it.graph.log.filter((line) => line === 'POST attachment').length, 1);
    const used = [...it.graph.mailbox.items.values()][0]!.internetMessageId.slice(1, -1);
    assert.ok(outcome.reply!.text.includes(used), 'the Message-ID that Exchange chose is kept with the answer');
  });

  test('an attachment that Exchange finds too small for a session goes in one request', async (t) => {
    const it = await world(t, { leastUpload: 3_145_728 });
    const job = withSize(3_050_000);
    accepted(await it.attempt(job));
    await sentOnce(it, job);
  });

  test('a message without attachments, with a quote and a plus in its Message-ID, is found again', async (t) => {
    const it = await world(t, { faults: first('send', 'reset-after') });
    const ingredients = sampleIngredients({ messageId: "o'neill+1&x=2%@acme.example" });
    const job = sampleJob({ attachments: [], ingredients });
    accepted(await it.attempt(job));
    await sentOnce(it, job);
  });

  test('a copy goes to its own recipient, though the headers name others too', async (t) => {
    for (const attachments of [small().attachments, large().attachments]) {
      const it = await world(t);
      const ingredients = sampleIngredients({ to: ['ap@abf.example', 'second@abf.example'], cc: ['boss@abf.example'] });
      accepted(await it.attempt(sampleJob({ ingredients, attachments, recipient: 'boss@abf.example' })));
      assert.deepEqual(it.graph.mailbox.ledger[0]!.recipients, ['boss@abf.example']);
    }
  });
});

suite('a broken line: nothing lost, nothing doubled', () => {
  for (const [what, job] of [
    ['small', small],
    ['large', large],
  ] as const) {
    test(`${what}: reset after the sending was accepted: released, once`, async (t) => {
      const it = await world(t, { faults: first('send', 'reset-after') });
      const message = job();
      const outcome = accepted(await it.attempt(message));
      assert.match(outcome.transcript, /the mailbox shows it as sent/);
      await sentOnce(it, message);
    });

    test(`${what}: reset before the sending: put back, and sent once by the next try, from the same draft`, async (t) => {
      const it = await world(t, { faults: first('send', 'reset-before') });
      const message = job();
      const outcome = refused(await it.attempt(message));
      assert.deepEqual([outcome.blame, outcome.fault, outcome.permanent], ['transport', 'connect', false]);
      assert.deepEqual(foldersOf(it.graph), ['drafts']);
      accepted(await it.attempt(message));
      await sentOnce(it, message);
      assert.equal(it.graph.log.filter((line) => line === 'POST draft').length, 1);
    });

    test(`${what}: accepted late, after we have looked: the next try finds it sent`, async (t) => {
      const it = await world(t, { faults: first('send', 'reset-late') });
      const message = job();
      refused(await it.attempt(message));
      await it.graph.doLate();
      const outcome = accepted(await it.attempt(message));
      assert.match(outcome.reply!.text, /earlier try/);
      assert.equal(it.commits, 2);
      await sentOnce(it, message);
    });

    test(`${what}: accepted late, in the middle of the next try: the same draft can not go twice`, async (t) => {
      const faults: FaultPlan = (step, count) => {
        if (step === 'send' && count === 1) return 'reset-late';
        return undefined;
      };
      const it = await world(t, { faults });
      const message = job();
      refused(await it.attempt(message));
      const outcome = await it.transport.send(message, () => it.graph.doLate());
      accepted(outcome);
      await sentOnce(it, message);
    });

    test(`${what}: reset after the draft was made: the next try uses it or makes it anew, and one goes out`, async (t) => {
      const it = await world(t, { faults: first('draft', 'reset-after') });
      const message = job();
      refused(await it.attempt(message));
      assert.equal(it.commits, 0, 'nothing was committed');
      accepted(await it.attempt(message));
      assert.equal(it.graph.mailbox.ledger.length, 1);
      assert.deepEqual(
        foldersOf(it.graph).filter((folder) => folder === 'drafts'),
        [],
      );
    });

    test(`${what}: the program died after the draft was made: the next one uses it`, async (t) => {
      const it = await world(t);
      const message = job();
      const gone = new Error('the program died');
      await assert.rejects(
        it.transport.send(message, () => Promise.reject(gone)),
        gone,
      );
      assert.equal(it.graph.log.includes('POST send'), false, 'without the commit nothing is sent');
      accepted(await it.attempt(message));
      await sentOnce(it, message);
      assert.equal(it.graph.log.filter((line) => line === 'POST draft').length, 1);
    });

    test(`${what}: the program died after the sending, before the answer was written: the next try finds it sent`, async (t) => {
      const it = await world(t);
      const message = job();
      accepted(await it.attempt(message));
      accepted(await it.attempt(message));
      await sentOnce(it, message);
    });

    test(`${what}: no answer in time, but it was done: released, once`, async (t) => {
      const it = await world(t, { faults: first('send', 'silence'), timeoutMs: 1_500 });
      const message = job();
      accepted(await it.attempt(message));
      await sentOnce(it, message);
    });
  }

  test('the draft is gone and not in Sent Items either: it was taken, and the transcript says why we think so', async (t) => {
    const it = await world(t, { faults: first('send', 'reset-after') });
    const job = small();
    const outcome = accepted(
      await it.transport.send(job, () => {
        // The mailbox keeps no sent mail.
        const { items } = it.graph.mailbox;
        const clear = items.delete.bind(items);
        for (const item of items.values())
          Object.defineProperty(
            item,
            'isDraft',
            gonesWhenSent(() => clear(item.id)),
          );
        return Promise.resolve();
      }),
    );
    assert.match(outcome.transcript, /the draft is gone from the mailbox/);
    assert.equal(it.graph.mailbox.ledger.length, 1);
  });

  test('the mailbox can not be looked into afterwards: uncertain, and a later try finds the truth', async (t) => {
    let isDown = true;
    const faults: FaultPlan = (step, count) => {
      if (step === 'send' && count === 1) return 'reset-after';
      return isDown && (step === 'look' || (step === 'find' && count > 1)) ? 'reset-before' : undefined;
    };
    const it = await world(t, { faults });
    const job = small();
    const outcome = await it.attempt(job);
    assert.ok(outcome.result === 'uncertain');
    assert.match(outcome.text, /can not be seen: The line broke: .* → .*outbox retry ID/);
    isDown = false;
    accepted(await it.attempt(job));
    await sentOnce(it, job);
  });

  test('a half uploaded draft is thrown away and never sent', async (t) => {
    const it = await world(t, {
      faults: (step, count) => (step === 'upload' && count === 2 ? 'reset-before' : undefined),
    });
    const job = large();
    refused(await it.attempt(job));
    accepted(await it.attempt(job));
    assert.equal(it.graph.mailbox.ledger.length, 1);
    assert.deepEqual(foldersOf(it.graph), ['deleteditems', 'sentitems']);
  });

  test('a draft with more attachments than a page lists is whole, and is used again', async (t) => {
    const it = await world(t, { faults: first('send', 'reset-before') });
    const job = withSize(...Array.from({ length: 23 }, () => 150_000));
    refused(await it.attempt(job));
    accepted(await it.attempt(job));
    await sentOnce(it, job);
    assert.equal(it.graph.log.filter((line) => line === 'GET attachments').length, 3);
  });

  test('an answer to the search that is cut is not taken for "not there"', async (t) => {
    const it = await world(t, {
      faults: (step, count) => (step === 'find' && count === 2 ? { status: 200 } : undefined),
    });
    const job = small();
    accepted(await it.attempt(job));
    refused(await it.attempt(job));
    accepted(await it.attempt(job));
    assert.equal(it.graph.mailbox.ledger.length, 1);
  });

  test('a message in the Outbox of the mailbox is on its way: taken', async (t) => {
    const faults: FaultPlan = (step, count) => {
      if (step !== 'send' || count > 1) return undefined;
      for (const item of it.graph.mailbox.items.values()) item.folder = 'outbox';
      return 'reset-before';
    };
    const it = await world(t, { faults });
    const job = small();
    accepted(await it.attempt(job));
    assert.match(accepted(await it.attempt(job)).reply!.text, /earlier try/);
  });

  test('a draft that somebody threw away is not taken for a sent one', async (t) => {
    const it = await world(t, { faults: first('send', 'reset-before') });
    const job = small();
    const outcome = await it.transport.send(job, () => {
      for (const item of it.graph.mailbox.items.values()) item.folder = 'deleteditems';
      return Promise.resolve();
    });
    refused(outcome);
    accepted(await it.attempt(job));
    assert.equal(it.graph.mailbox.ledger.length, 1);
  });

  test('a draft that vanished before the sending is uncertain, not released', async (t) => {
    const it = await world(t);
    const outcome = await it.transport.send(small(), () => {
      it.graph.mailbox.items.clear();
      return Promise.resolve();
    });
    assert.equal(outcome.result, 'uncertain');
    assert.equal(it.graph.mailbox.ledger.length, 0);
  });

  test('100 messages over 4 connections with every seventh request cut: each goes out once', async (t) => {
    let requests = 0;
    const kinds = ['reset-before', 'reset-after'] as const;
    const it = await world(t, { faults: () => (++requests % 7 === 0 ? kinds[(requests / 7) % 2] : undefined) });
    const jobs = Array.from({ length: 100 }, (_, number) =>
      sampleJob({
        recipient: `c${number}@abf.example`,
        ingredients: sampleIngredients({ messageId: `m${number}@acme.example` }),
      }),
    );
    const open = [...jobs];
    const lane = async (): Promise<void> => {
      for (let job = open.shift(); job !== undefined; job = open.shift()) {
        const outcome = await it.attempt(job);
        if (outcome.result !== 'accepted') open.push(job);
      }
    };
    await Promise.all([lane(), lane(), lane(), lane()]);
    const counts = Map.groupBy(it.graph.mailbox.ledger, ({ messageId }) => messageId);
    assert.equal(counts.size, 100, 'nothing is lost');
    assert.equal(it.graph.mailbox.ledger.length, 100, 'nothing is doubled');
    assert.deepEqual(
      foldersOf(it.graph).filter((folder) => folder === 'drafts'),
      [],
    );
  });
});

/** As soon as the stand-in marks the item as sent, it forgets it. */
function gonesWhenSent(forget: () => void): PropertyDescriptor {
  return { configurable: true, get: () => true, set: forget };
}

suite('exact answers only', () => {
  test('200 in place of 201 means that nothing was stored: not released, and the message may try again', async (t) => {
    const it = await world(t, { bug200: 1_000_000 });
    const outcome = refused(await it.attempt(withSize(1_500_000)));
    assert.deepEqual([outcome.blame, outcome.permanent, it.commits], ['message', false, 0]);
  });

  test('200 in place of 202 is no sending: the mailbox decides', async (t) => {
    const it = await world(t, { faults: first('send', { status: 200 }) });
    const job = small();
    refused(await it.attempt(job));
    assert.deepEqual(foldersOf(it.graph), ['drafts']);
    accepted(await it.attempt(job));
    await sentOnce(it, job);
  });

  for (const [status, code, wanted] of [
    [413, 'RequestEntityTooLarge', ['message', 'permanent', true, 'too-large']],
    [400, 'ErrorMessageSizeExceeded', ['message', 'permanent', true, 'too-large']],
    [403, 'ErrorMessageSizeExceeded', ['message', 'permanent', true, 'too-large']],
    [400, 'ErrorInvalidRecipients', ['message', 'permanent', true, 'bad-address']],
    [403, 'ErrorSendAsDenied', ['transport', 'configuration', false, 'sender-refused']],
    [403, 'ErrorAccessDenied', ['transport', 'configuration', false, 'authentication']],
    [404, 'ErrorInvalidUser', ['transport', 'configuration', false, 'authentication']],
    [429, 'ApplicationThrottled', ['transport', 'throttle', false, 'rate-limited']],
    [503, 'ServiceUnavailable', ['transport', 'throttle', false, 'rate-limited']],
    [504, 'GatewayTimeout', ['transport', 'throttle', false, 'rate-limited']],
    [500, 'InternalServerError', ['transport', 'connect', false, 'network']],
    [507, 'ErrorQuotaExceeded', ['transport', 'quota', false, 'rate-limited']],
  ] as const) {
    test(`${status} ${code} to the draft and to the sending blames the ${wanted[0]}`, async (t) => {
      for (const step of ['draft', 'send']) {
        const fault = { status, json: { error: { code, message: 'said so' } }, headers: { 'Retry-After': '17' } };
        const it = await world(t, { faults: first(step, fault) });
        const outcome = refused(await it.attempt(small()));
        assert.deepEqual([outcome.blame, outcome.fault, outcome.permanent, outcome.reason], wanted);
        assert.equal(outcome.retryAfterMs, 17_000);
        assert.equal(outcome.reply?.code, status);
        assert.match(outcome.text, new RegExp(code));
        assert.equal(it.graph.mailbox.ledger.length, 0);
      }
    });
  }

  test('a message that is refused for good leaves no draft behind', async (t) => {
    const fault = { status: 400, json: { error: { code: 'ErrorInvalidRecipients', message: 'x' } } };
    const it = await world(t, { faults: first('send', fault) });
    refused(await it.attempt(small()));
    assert.deepEqual(foldersOf(it.graph), ['deleteditems']);
  });

  test('a search that Graph does not understand fails no message', async (t) => {
    const it = await world(t, {
      faults: first('find', { status: 400, json: { error: { code: 'BadRequest', message: 'x' } } }),
    });
    const outcome = refused(await it.attempt(small()));
    assert.deepEqual([outcome.blame, outcome.fault, outcome.permanent], ['transport', 'protocol', false]);
  });

  test('a page of a proxy in place of an answer is a fault of the way, in its own words', async (t) => {
    const it = await world(t, { faults: first('draft', { status: 502 }) });
    const outcome = refused(await it.attempt(small()));
    assert.equal(outcome.blame, 'transport');
  });

  for (const [what, fault] of [
    ['an expired session', { status: 404, json: { error: { code: 'itemNotFound', message: 'gone' } } }],
    ['a range out of order', { status: 416, json: { error: { code: 'InvalidRange', message: 'order' } } }],
    ['200 to the last range', { status: 200, json: { nextExpectedRanges: ['0-'] } }],
  ] as const) {
    test(`${what} puts the message back, and the next try uploads all of it anew`, async (t) => {
      const it = await world(t, { faults: (step, count) => (step === 'upload' && count === 2 ? fault : undefined) });
      const job = large();
      const outcome = refused(await it.attempt(job));
      assert.deepEqual([outcome.blame, outcome.permanent, it.commits], ['message', false, 0]);
      accepted(await it.attempt(job));
      assert.equal(it.graph.mailbox.ledger.length, 1);
      assert.ok(it.graph.mailbox.ledger[0]!.attachments[0]!.bytes.equals(await bytesOf(job.attachments[0]!)));
    });
  }
});

suite('tokens, rights and limits', () => {
  test('a token that has run out is replaced once, and the same request goes again', async (t) => {
    const tokens = simpleTokens('old-token', 'good-token');
    const it = await world(t, { tokens });
    const job = small();
    accepted(await it.attempt(job));
    await sentOnce(it, job);
  });

  test('a token that runs out between the draft and the sending costs nothing', async (t) => {
    const tokens = simpleTokens('good-token', 'next-token');
    const it = await world(t, { tokens });
    const job = small();
    const outcome = await it.transport.send(job, () => {
      it.graph.tokens.clear();
      it.graph.tokens.add('next-token');
      return Promise.resolve();
    });
    accepted(outcome);
    await sentOnce(it, job);
  });

  test('a token that is refused twice stops the transport', async (t) => {
    const it = await world(t, { tokens: simpleTokens('bad-1', 'bad-2', 'bad-3') });
    const outcome = refused(await it.attempt(small()));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'auth']);
    assert.equal(it.graph.log.length, 2);
  });

  test('no token: the words of the token source, and nothing is asked of Graph', async (t) => {
    const token = () => Promise.reject(new Error('The secret of the application has expired.'));
    const it = await world(t, { tokens: { token, refused: () => {} } });
    const outcome = refused(await it.attempt(small()));
    assert.deepEqual([outcome.fault, outcome.text], ['auth', 'The secret of the application has expired.']);
    assert.deepEqual(it.graph.log, []);
  });

  test('a token endpoint that can not be reached is tried again by itself', async (t) => {
    const facts = { host: 'login.example', detail: 'no route' };
    const fault = new TokenFault('connect', 'OBX171', facts, { retryAfterMs: 5_000 });
    const it = await world(t, { tokens: { token: () => Promise.reject(fault), refused: () => {} } });
    const outcome = refused(await it.attempt(small()));
    assert.deepEqual([outcome.fault, outcome.retryAfterMs], ['connect', 5_000]);
  });

  test('a mailbox without a right says the command of the administrator', async (t) => {
    const it = await world(t, { settings: { user: 'no-right@acme.example' } });
    const outcome = refused(await it.attempt(small()));
    assert.equal(outcome.fault, 'configuration');
    assert.match(outcome.text, / → .*Test-ServicePrincipalAuthorization .* -Resource no-right@acme\.example/);
  });

  test('a mailbox that does not exist says so', async (t) => {
    const it = await world(t, { settings: { user: 'nobody@acme.example' } });
    const outcome = refused(await it.attempt(small()));
    assert.equal(outcome.fault, 'configuration');
    assert.match(outcome.text, /no such mailbox nobody@acme\.example/);
  });

  test('never more than four requests at once, and no refusal by Microsoft for it', async (t) => {
    const it = await world(t, { delayMs: 5, settings: { limits: { connections: 8, perMinute: null, perDay: null } } });
    const jobs = Array.from({ length: 24 }, () => small());
    const outcomes = await Promise.all(jobs.map((job) => it.attempt(job)));
    for (const outcome of outcomes) accepted(outcome);
    assert.equal(it.graph.most, 4);
    assert.equal(it.graph.mailbox.ledger.length, 24);
  });

  test('a certificate that nobody knows stops everything before the token', async (t) => {
    if (!isThere(t, 'openssl', '/usr/bin/openssl')) return;
    const { certificate, key } = makeCertificates(await temporaryFolder(t));
    let requests = 0;
    const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, () => requests++);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    t.after(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const parts = { tokens: simpleTokens(), slots: openSlots() };
    const transport = createGraphTransport(graphSettings(`https://127.0.0.1:${port}/v1.0`), parts);
    const outcome = refused(await transport.send(small(), () => assert.fail('nothing may be committed')));
    assert.deepEqual([outcome.blame, outcome.fault, requests], ['transport', 'tls', 0]);
  });

  test('nobody listens: put back, nothing committed', async () => {
    const transport = createGraphTransport(graphSettings('http://127.0.0.1:1/v1.0'), {
      tokens: simpleTokens(),
      slots: openSlots(),
    });
    const outcome = refused(await transport.send(small(), () => assert.fail('nothing may be committed')));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'connect']);
  });

  test('the transcript shows requests and answers with their times, and neither token nor upload key', async (t) => {
    const it = await world(t, { tokens: simpleTokens('old-token', 'good-token') });
    const { transcript } = await it.attempt(large());
    assert.match(transcript, /C: POST \/users\/billing@acme\.example\/messages \(application\/json, \d+ octets\)/);
    assert.match(transcript, /S: 202 \(\d+ ms\)/);
    assert.match(transcript, /C: PUT http:\/\/127\.0\.0\.1:\d+\/upload\/session-1 \(bytes 0-3932159\/5000000\)/);
    assert.doesNotMatch(transcript, /good-token|old-token|authtoken|very-secret/);
  });
});

suite('outbox test', () => {
  test('token and mailbox, in words, and nothing is changed', async (t) => {
    const it = await world(t);
    const report = await it.transport.test({ sender: 'a@acme.example', recipient: 'a@acme.example' });
    assert.equal(report.ok, true);
    assert.deepEqual(
      report.steps.map(({ step }) => step),
      ['token', 'mailbox'],
    );
    assert.match(report.steps[1]!.text, /billing@acme\.example opens\. Drafts holds 0/);
    assert.deepEqual(it.graph.log, ['GET folder']);
  });

  test('no right to the mailbox: which step failed, and the next step', async (t) => {
    const it = await world(t, { settings: { user: 'no-right@acme.example' } });
    const report = await it.transport.test({ sender: 'a@acme.example', recipient: 'a@acme.example' });
    assert.deepEqual(
      report.steps.map(({ step, ok }) => [step, ok]),
      [
        ['token', true],
        ['mailbox', false],
      ],
    );
    assert.match(report.steps[1]!.text, /New-ManagementRoleAssignment/);
  });
});
