// What outbox status, list and /health say of what waits: when it is done, what stands still, what is late.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { applySettings, newOutbox, type Outbox, settingsYaml } from '../support/outbox.ts';
import { openInstallation, openServer } from '../support/server.ts';
import { sampleMessage, sampleTakeIn } from '../support/samples.ts';

const hour = 3_600_000;

interface Status {
  left: number;
  eta: string | null;
  doneAt: string | null;
  late: number;
  transports: { transport: string; waiting: number; text: string; doneAt: string | null; used: number | null }[];
}

async function company(t: TestContext, limits: string): Promise<Outbox> {
  const outbox = await newOutbox(t);
  const at = `host: 127.0.0.1, port: 1, tls: none`;
  const office = `  office: { kind: smtp, ${at}, limits: { ${limits} } }`;
  await applySettings(
    outbox,
    settingsYaml(`${office}\n  faxes: { kind: smtp, ${at}, address: "{{ fax.digits }}@efax.example" }`),
  );
  return outbox;
}

async function queue(outbox: Outbox, count: number, change: object = {}): Promise<void> {
  const store = await outbox.store();
  for (let number = 0; number < count; number++) {
    await store.takeIn.take(sampleTakeIn(sampleMessage({ dueAt: 0, ...change })));
  }
}

const statusOf = async (outbox: Outbox): Promise<Status> => (await outbox.run('--json', 'status')).json() as Status;

suite('outbox status', () => {
  test('says when it is done by the rate, and how much of the day is used', async (t) => {
    const outbox = await company(t, 'connections: 2, perMinute: 2, perDay: 1000');
    await queue(outbox, 10);
    const before = Date.now();
    const { left, doneAt, eta, transports } = await statusOf(outbox);
    const [office] = transports;
    assert.deepEqual([left, office!.waiting, office!.used], [10, 10, 0]);
    assert.ok(Date.parse(doneAt!) >= before + 5 * 60_000 && Date.parse(doneAt!) <= Date.now() + 5 * 60_000);
    assert.match(eta!, /^5 min left$/);
    const { stdout } = await outbox.run('status');
    assert.match(stdout, /office: 0 of 1,000 of the day used; done (?:at|tomorrow at) \d\d:\d\d\./);
  });

  test('says when it goes on where the allowance is used up', async (t) => {
    const outbox = await company(t, 'connections: 2, perMinute: 60, perDay: 5');
    await queue(outbox, 8);
    const store = await outbox.store();
    const claim = { transport: 'office', worker: 'w1', most: 5, leaseMs: 1 };
    await store.transports.state('office');
    for (const claimed of await store.queue.claim({ ...claim, now: Date.now() - 2 * hour })) {
      const end = { at: 0, by: 'test', text: '', reply: null, transcript: '', reason: null, tries: 1, dueAt: null };
      await store.queue.settle(claimed, false, { ...end, trigger: 'refuse', result: 'refused' });
    }
    const { stdout } = await outbox.run('status');
    assert.match(stdout, /office: 5 of 5 of the day used, goes on .*\d\d:\d\d; done .*\d\d:\d\d\./);
  });

  test('a transport that stands still has no time, but a next step', async (t) => {
    const outbox = await company(t, 'connections: 2, perMinute: 60');
    await queue(outbox, 3);
    await outbox.run('transports', 'pause', 'office');
    const { stdout, stderr } = await outbox.run('status');
    assert.match(stdout, /office: stands still\./);
    assert.match(stderr, /office is paused by .*\n→ outbox transports resume office/);
  });

  test('of a batch it counts what goes before', async (t) => {
    const outbox = await company(t, 'connections: 2, perMinute: 1');
    const store = await outbox.store();
    await queue(outbox, 5, { documentType: 'statement' });
    const batch = { id: 'b1', company: 'ACME', name: 'b', source: 'test', state: 'sealed', createdAt: 0 } as const;
    const taken = sampleTakeIn(sampleMessage({ batchId: 'b1', dueAt: 0 }));
    await store.takeIn.take({ ...taken, batch: { ...batch, expectedCount: 1, expectedAmount: null, sealedAt: 0 } });
    const [office] = ((await outbox.run('--json', 'status', 'b1')).json() as Status).transports;
    assert.equal(office!.waiting, 6);
  });
});

test('what is tried for more than four hours is late in list, status and /health, and stays queued', async (t) => {
  const outbox = await company(t, 'connections: 2');
  const now = Date.now();
  await queue(outbox, 1, { tries: 3, queuedAt: now - 5 * hour, dueAt: now + hour });
  await queue(outbox, 1, { tries: 3, queuedAt: now - 3 * hour, dueAt: now + hour });
  await queue(outbox, 1, { tries: 0, queuedAt: now - 9 * hour, dueAt: now + hour });
  assert.equal((await statusOf(outbox)).late, 1);
  const { stderr } = await outbox.run('status');
  assert.match(
    stderr,
    /1 late: tried again and again for more than 4 hours\. The oldest waits since .*\d\d:\d\d\.\n→ outbox list/,
  );
  const { stdout } = await outbox.run('list');
  const words = [...stdout.matchAll(/queued(?: \((late|retrying)\))?/g)].map(([word]) => word);
  assert.deepEqual(words.toSorted(), ['queued', 'queued (late)', 'queued (retrying)']);
  const { url } = await openServer(t, { opened: await openInstallation(t, await outbox.store()) });
  const answer = await fetch(`${url}/health`);
  assert.deepEqual([answer.status, ((await answer.json()) as { late: number }).late], [200, 1]);
});
