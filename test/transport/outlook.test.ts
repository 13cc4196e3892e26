// Drafts for a person: in a mailbox through Microsoft Graph, and as files. One message is one draft, whatever breaks.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import PostalMime from 'postal-mime';
import type { Job, Outcome } from '../../src/message/transport.ts';
import { openSlots } from '../../src/transport/graph/slots.ts';
import { createOutlookFileTransport } from '../../src/transport/outlook/by-file.ts';
import { createOutlookGraphTransport } from '../../src/transport/outlook/by-graph.ts';
import { graphSettings, sampleAttachment, sampleJob, simpleTokens } from '../support/jobs.ts';
import { type FakeGraph, type GraphWish, startFakeGraph } from '../support/microsoft-graph/server.ts';
import { sampleIngredients } from '../support/samples.ts';
import { temporaryFolder } from '../support/temporary.ts';

const limits = { connections: 1, perMinute: null, perDay: null };
const large = (): Job => sampleJob({ attachments: [sampleAttachment('Invoice.pdf', Buffer.alloc(5_000_000, 'x'))] });

function refused(outcome: Outcome) {
  assert.equal(outcome.result, 'refused', outcome.transcript);
  return outcome;
}

function accepted(outcome: Outcome) {
  assert.equal(outcome.result, 'accepted', outcome.transcript);
  return outcome;
}

interface World {
  graph: FakeGraph;
  commits: number;
  attempt(job: Job): Promise<Outcome>;
}

async function world(t: TestContext, wish: GraphWish = {}): Promise<World> {
  const graph = await startFakeGraph(t, wish);
  const settings = { ...graphSettings(graph.baseUrl), kind: 'outlook', by: 'graph' } as const;
  const transport = createOutlookGraphTransport(settings, {
    tokens: simpleTokens(),
    slots: openSlots(),
    looks: [0, 1],
  });
  const made: World = {
    graph,
    commits: 0,
    attempt: (job) =>
      transport.send(job, () => {
        made.commits++;
        return Promise.resolve();
      }),
  };
  return made;
}

/** Drafts that a person would see, with the names of their attachments. */
const drafts = ({ mailbox }: FakeGraph): string[][] =>
  [...mailbox.items.values()]
    .filter(({ folder }) => folder === 'drafts')
    .map(({ attachments }) => attachments.map(({ name }) => name));

suite('by Microsoft Graph', () => {
  for (const [what, job] of [
    ['small', sampleJob],
    ['large', large],
  ] as const) {
    test(`${what}: a draft with all attachments, its link kept with the answer, and nothing sent`, async (t) => {
      const it = await world(t);
      const message = job();
      const outcome = accepted(await it.attempt(message));
      assert.deepEqual(drafts(it.graph), [message.attachments.map(({ name }) => name)]);
      assert.match(outcome.reply!.text, /Open it: https:\/\/outlook\.office365\.example\/owa\//);
      assert.deepEqual([it.graph.mailbox.ledger.length, it.commits], [0, 1]);
    });

    test(`${what}: tried again, there is still one draft`, async (t) => {
      const it = await world(t);
      const message = job();
      accepted(await it.attempt(message));
      accepted(await it.attempt(message));
      assert.equal(drafts(it.graph).length, 1);
      assert.equal(it.commits, 2);
    });

    for (const [fault, made] of [
      ['reset-before', 0],
      ['reset-after', 1],
    ] as const) {
      test(`${what}: ${fault}: in the end there is one whole draft`, async (t) => {
        const it = await world(t, { faults: (step, count) => (step === 'draft' && count === 1 ? fault : undefined) });
        const message = job();
        const outcome = await it.attempt(message);
        const isWhole = made === 1 && what === 'small';
        assert.equal(outcome.result, isWhole ? 'accepted' : 'refused', outcome.transcript);
        accepted(await it.attempt(message));
        assert.deepEqual(drafts(it.graph), [message.attachments.map(({ name }) => name)]);
      });
    }
  }

  test('the mailbox can not be looked into after a broken line: uncertain, and a later try finds the draft', async (t) => {
    let isDown = true;
    const it = await world(t, {
      faults: (step, count) => {
        if (step === 'draft' && count === 1) return 'reset-after';
        return isDown && step === 'find' && count > 1 ? 'reset-before' : undefined;
      },
    });
    const job = sampleJob();
    assert.equal((await it.attempt(job)).result, 'uncertain');
    isDown = false;
    accepted(await it.attempt(job));
    assert.equal(drafts(it.graph).length, 1);
  });

  test('a person has sent the draft meanwhile: no second one', async (t) => {
    const it = await world(t);
    const job = sampleJob();
    accepted(await it.attempt(job));
    for (const item of it.graph.mailbox.items.values()) {
      item.folder = 'sentitems';
      item.isDraft = false;
    }
    assert.match(accepted(await it.attempt(job)).reply!.text, /sent from billing@acme\.example already/);
    assert.deepEqual(drafts(it.graph), []);
  });

  test('a refusal says who is to blame', async (t) => {
    const fault = { status: 403, json: { error: { code: 'ErrorAccessDenied', message: 'no' } } };
    const it = await world(t, { faults: (step) => (step === 'draft' ? fault : undefined) });
    const outcome = refused(await it.attempt(sampleJob()));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'configuration']);
  });
});

suite('by file', () => {
  const transportFor = (folder: string) =>
    createOutlookFileTransport({ kind: 'outlook', by: 'file', name: 'drafts', folder, limits });

  test('an .eml that opens for sending: X-Unsent, the recipient, the attachment; no Message-ID, no Date', async (t) => {
    const folder = await temporaryFolder(t);
    const ingredients = sampleIngredients({ subject: 'Rechnung 7/8 für "Müller": 日本', cc: ['boss@abf.example'] });
    let commits = 0;
    const outcome = await transportFor(folder).send(sampleJob({ ingredients }), async () => {
      commits++;
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.endsWith('.eml')),
        [],
        'nobody sees it before the commit',
      );
    });
    const names = await readdir(folder);
    assert.equal(names.length, 1);
    assert.match(names[0]!, /^Rechnung 7-8 für -Müller-- 日本 [0-9a-f-]+\.eml$/);
    assert.ok(accepted(outcome).reply!.text.includes(join(folder, names[0]!)));
    assert.equal(commits, 1);
    const raw = await readFile(join(folder, names[0]!));
    const read = await PostalMime.parse(raw);
    const value = (key: string) => read.headers.find((header) => header.key === key)?.value;
    assert.equal(value('x-unsent'), '1');
    for (const later of ['message-id', 'date', 'bcc', 'auto-submitted']) assert.equal(value(later), undefined, later);
    assert.equal(read.subject, 'Rechnung 7/8 für "Müller": 日本');
    assert.deepEqual(
      read.to?.map(({ address }) => address),
      ['ap@abf.example'],
    );
    assert.equal(read.cc, undefined);
    assert.equal(
      Buffer.from(read.attachments[0]!.content as ArrayBuffer).toString(),
      '%PDF-1.4 not really\n.\n..dots\n',
    );
  });

  test('a second try writes over the first', async (t) => {
    const folder = await temporaryFolder(t);
    const job = sampleJob();
    accepted(await transportFor(folder).send(job, () => Promise.resolve()));
    accepted(await transportFor(folder).send(job, () => Promise.resolve()));
    assert.equal((await readdir(folder)).length, 1);
  });

  test('without the commit nothing is left', async (t) => {
    const folder = await temporaryFolder(t);
    const lost = new Error('the lease is gone');
    await assert.rejects(
      transportFor(folder).send(sampleJob(), () => Promise.reject(lost)),
      lost,
    );
    assert.deepEqual(await readdir(folder), []);
  });

  test('a folder that is not there stops the transport, and its test says so', async (t) => {
    const folder = join(await temporaryFolder(t), 'gone');
    const envelope = { sender: 'a@acme.example', recipient: 'a@acme.example' };
    const outcome = refused(await transportFor(folder).send(sampleJob(), () => assert.fail('no commit')));
    assert.deepEqual([outcome.blame, outcome.fault], ['transport', 'configuration']);
    assert.equal((await transportFor(folder).test(envelope)).ok, false);
    await mkdir(folder);
    assert.equal((await transportFor(folder).test(envelope)).ok, true);
  });

  test('a folder that vanishes between W3 and the name: put back, not lost', async (t) => {
    const folder = join(await temporaryFolder(t), 'drafts');
    await mkdir(folder);
    const outcome = refused(
      await transportFor(folder).send(sampleJob(), () => rm(folder, { recursive: true, force: true })),
    );
    assert.equal(outcome.blame, 'transport');
  });

  test('the file can be read by the group, not by everybody', async (t) => {
    if (process.platform === 'win32') return t.skip('Windows has other rights');
    const folder = await temporaryFolder(t);
    await chmod(folder, 0o755);
    accepted(await transportFor(folder).send(sampleJob(), () => Promise.resolve()));
    const { mode } = await stat(join(folder, (await readdir(folder))[0]!));
    assert.equal(mode & 0o007, 0);
  });
});
