// The worker on a real store, with transports that do what a test wants: what it claims, holds back, and makes of trouble.
import assert from 'node:assert/strict';
import { copyFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { runWorker, type WorkerParts } from '../../src/dispatch/worker.ts';
import type { WayOut } from '../../src/dispatch/lane.ts';
import type { Message } from '../../src/message/message.ts';
import type { Limits } from '../../src/message/settings.ts';
import type { Outcome, Supply, Task, Transport } from '../../src/message/transport.ts';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import type { FileStore } from '../../src/store/files/file-store.ts';
import { openStore } from '../../src/store/store.ts';
import { at, sampleMessage, sampleTakeIn } from '../support/samples.ts';
import { temporaryFolder } from '../support/temporary.ts';

const accepted: Outcome = { result: 'accepted', reply: { code: 250, enhanced: null, text: 'ok' }, transcript: '' };
const lost: Outcome = { result: 'uncertain', text: 'The server closed the line.', reply: null, transcript: '' };
const down: Outcome = {
  result: 'refused',
  blame: 'transport',
  fault: 'connect',
  permanent: false,
  reason: 'network',
  text: 'No connection.',
  reply: null,
  transcript: '',
};

/** A throttle that names no pause. */
const throttled = (text: string, more: object = {}): Outcome => ({
  ...down,
  fault: 'throttle',
  reason: 'rate-limited',
  text,
  reply: { code: 450, enhanced: null, text },
  ...more,
});

const office: Transport = {
  name: 'office',
  connections: 4,
  send: () => Promise.reject(new Error('not here')),
  test: () => Promise.reject(new Error('not here')),
  close: () => Promise.resolve(),
};

const wayOutOf = (transport: Transport, limits: Partial<Limits> = {}): WayOut => {
  const all = { connections: 4, perMinute: null, perDay: null, ...limits };
  return { transport: { ...transport, connections: all.connections }, limits: all, digest: 'd' };
};

interface World {
  work(change?: Partial<WorkerParts>): ReturnType<typeof runWorker>;
  statuses(): Promise<Record<string, number>>;
  messages: Message[];
  files: FileStore;
  folder: string;
  store: Awaited<ReturnType<typeof openStore>>;
}

/** @param send what the transport makes of the message with this number in the order of sending */
async function prepare(
  t: TestContext,
  count: number,
  send: (number: number, commit: () => Promise<void>) => Promise<Outcome>,
  limits: Partial<Limits> = {},
  transport: Partial<Transport> = {},
): Promise<World> {
  const folder = await temporaryFolder(t);
  const store = await openStore(join(folder, 'outbox.db'));
  t.after(() => store.close());
  const messages = Array.from({ length: count }, () => sampleMessage({ transport: 'office' }));
  for (const message of messages) {
    message.ingredients!.attachments = [];
    await store.takeIn.take(sampleTakeIn(message));
  }
  let number = 0;
  const way: Transport = { ...office, send: (_job, commit) => send(++number, commit), ...transport };
  const files = openDiskFiles(join(folder, 'files'));
  const parts: WorkerParts = {
    store,
    files,
    waysOut: [wayOutOf(way, limits)],
    worker: 'w1',
    now: Date.now,
    random: () => 0.5,
    failpoint: () => {},
    onceMore: [],
    untilEmpty: true,
    limit: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    onSettled: () => {},
  };
  return {
    store,
    files,
    folder,
    messages,
    work: (change = {}) => runWorker({ ...parts, ...change }),
    async statuses() {
      const counts = await store.messages.counts(null);
      return Object.fromEntries(counts.map(({ status, count: of }) => [status, of]));
    },
  };
}

suite('the worker', () => {
  test('a connection that takes long to be made brings no two messages together', async (t) => {
    const { work, statuses, store } = await prepare(t, 0, () => Promise.resolve(accepted));
    for (let count = 0; count < 8; count++) {
      const message = sampleMessage({ transport: 'office' });
      message.ingredients!.attachments = [];
      await store.takeIn.take(sampleTakeIn(message));
    }
    const begun: number[] = [];
    let lines = 0;
    const carry = async (supply: Supply): Promise<void> => {
      for (let task = supply.next(false); task !== null; task = supply.next(false)) {
        if (lines++ < 2) await wait(250);
        await task.turn!();
        begun.push(performance.now());
        await task.commit();
        await task.settle(accepted);
      }
    };
    const perMinute = 1_200;
    await work({ waysOut: [wayOutOf({ ...office, carry }, { perMinute })] });
    assert.deepEqual(await statuses(), { released: 8 });
    const gaps = begun.slice(1).map((at, before) => at - begun[before]!);
    // Timers of Node may come a millisecond early.
    assert.ok(Math.min(...gaps) >= 60_000 / perMinute - 1, gaps.join(', '));
  });

  for (const elsewhere of [true, false]) {
    const then = elsewhere ? 'goes out from another pack that has it whole' : 'is held, and is never sent as it is';
    test(`a document that is damaged after its message was claimed ${then}`, async (t) => {
      const { work, statuses, store, files, folder } = await prepare(t, 0, () => Promise.resolve(accepted));
      const contents = [1, 2, 3, 4].map((number) => Buffer.from(`document ${number}`));
      const [sha256] = await files.put(contents);
      await files.get(sha256!);
      const packs = join(folder, 'files', 'packs');
      const [pack] = await readdir(packs);
      if (elsewhere) await copyFile(join(packs, pack!), join(packs, 'other.pack'));
      const message = sampleMessage({ transport: 'office' });
      message.ingredients!.attachments = [{ sha256: sha256!, size: 10, mediaType: 'application/pdf', name: 'a.pdf' }];
      await store.takeIn.take(sampleTakeIn(message));
      const sent: string[] = [];
      const carry = async (supply: Supply): Promise<void> => {
        for (let task = supply.next(false); task !== null; task = supply.next(false)) {
          if (sent.length === 0) await writeFile(join(packs, pack!), 'DOCUMENT 1', { flag: 'r+' });
          sent.push('begun');
          try {
            const memory = Buffer.alloc(10);
            task.job.attachments[0]!.fill!(memory);
            await task.commit();
            sent.push(memory.toString());
            await task.settle(accepted);
          } catch (error) {
            await task.fail(error);
          }
        }
      };
      await work({ waysOut: [wayOutOf({ ...office, carry })] });
      assert.deepEqual(sent, elsewhere ? ['begun', 'begun', 'document 1'] : ['begun']);
      assert.deepEqual(await statuses(), elsewhere ? { released: 1 } : { held: 1 });
    });
  }

  test('a transport that takes messages and hangs up is stopped, before all of them are in doubt', async (t) => {
    const { work, statuses } = await prepare(t, 30, async (_number, commit) => {
      await commit();
      return lost;
    });
    const { stopped } = await work();
    assert.match(stopped[0]!.text, /in a row were handed over and never answered/);
    const { uncertain, queued } = await statuses();
    assert.deepEqual([uncertain, queued], [3, 27]);
  });

  test('four messages in flight over a line that drops count as one drop, and then one at a time is tried', async (t) => {
    const take = (supply: Supply): Task[] => {
      const first = supply.next(false);
      const tasks = first ? [first] : [];
      for (let next = first && supply.next(true); next; next = tasks.length < 4 ? supply.next(true) : null)
        tasks.push(next);
      return tasks;
    };
    const sizes: number[] = [];
    const carry = async (supply: Supply): Promise<void> => {
      for (let tasks = take(supply); tasks.length > 0; tasks = take(supply)) {
        await Promise.all(tasks.map((task) => task.commit()));
        await Promise.all(tasks.map((task) => task.settle(sizes.length === 0 ? accepted : lost)));
        sizes.push(tasks.length);
      }
    };
    const { work, statuses } = await prepare(t, 30, () => assert.fail(), { connections: 1 }, { carry, window: 4 });
    const { stopped } = await work();
    assert.match(stopped[0]!.text, /in a row were handed over and never answered/);
    assert.deepEqual(sizes, [1, 4, 1, 1]);
    assert.deepEqual(await statuses(), { released: 1, uncertain: 6, queued: 23 });
  });

  test('a dead transport burns no try and nothing of the day, and ends the run with its reason', async (t) => {
    const { work, statuses, store } = await prepare(t, 12, () => Promise.resolve(down), { perDay: 5 });
    for (let run = 0; run < 8; run++) assert.match((await work()).stopped[0]!.text, /No connection/);
    assert.deepEqual(await statuses(), { queued: 12 });
    assert.equal(await store.queue.usedToday('office', Date.now()), 0);
    const [first] = await store.messages.find({});
    assert.equal(first?.tries, 0);
  });

  test('when the allowance of the day is used up the run ends and says when it goes on', async (t) => {
    const { work, statuses } = await prepare(
      t,
      9,
      async (_number, commit) => {
        await commit();
        return accepted;
      },
      { perDay: 4 },
    );
    // In the middle of an hour: right before its end the run would wait for the next one.
    const { stopped } = await work({ now: () => at + 30 * 60_000 });
    assert.match(stopped[0]!.text, /allowance of the day is used up\. It goes on at \d{4}-/);
    assert.deepEqual(await statuses(), { released: 4, queued: 5 });
  });

  test('a throttle halves the connections, and the run goes on without a stop', async (t) => {
    let atOnce = 0;
    let most = 0;
    const { work, statuses, store } = await prepare(t, 40, async (number, commit) => {
      if (number === 9) return throttled('Slow down');
      atOnce++;
      await commit();
      if (number > 14) most = Math.max(most, atOnce);
      atOnce--;
      return accepted;
    });
    const { stopped } = await work();
    assert.deepEqual([stopped, await statuses()], [[], { released: 40 }]);
    const { lines, slowedText, breaker } = await store.transports.state('office');
    assert.deepEqual([lines, slowedText, breaker], [2, 'Slow down', 'closed']);
    assert.ok(most <= 2, `${most} at once`);
  });

  test('several connections that are throttled together count once', async (t) => {
    let arrived = 0;
    let open = (): void => {};
    const together = new Promise<void>((resolve) => (open = resolve));
    const { work, store } = await prepare(
      t,
      30,
      async (number, commit) => {
        // The first proves the transport; the next four are under way at the same time.
        if (number > 1 && number <= 5) {
          if (++arrived === 4) open();
          await together;
          return throttled('Too many connections');
        }
        await commit();
        return accepted;
      },
      { connections: 4 },
    );
    const { stopped } = await work();
    assert.deepEqual([stopped, (await store.transports.state('office')).lines], [[], 3]);
  });

  test('a second throttle without an answer in between opens the breaker: no reconnect storm', async (t) => {
    let sent = 0;
    const { work, store } = await prepare(t, 10, () => {
      sent++;
      return Promise.resolve(throttled('Slow down'));
    });
    const { stopped } = await work();
    assert.deepEqual([stopped[0]?.by, sent], ['fault', 2]);
    // A run that is started again does not ask before the pause is over.
    assert.equal((await work()).stopped[0]?.by, 'fault');
    assert.equal(sent, 2);
    assert.ok((await store.transports.state('office')).retryAt! > Date.now());
  });

  test('a transport that stands still while nothing waits for it stops no run', async (t) => {
    const { work, store, statuses } = await prepare(t, 1, async (_number, commit) => {
      await commit();
      return accepted;
    });
    await work();
    const state = await store.transports.state('office');
    const open = { breaker: 'open', reason: 'rate-limited', detail: 'Quota', openedAt: Date.now() };
    await store.transports.setBreaker({ ...state, ...open, retryAt: Date.now() + 3_600_000 });
    assert.deepEqual([(await work()).stopped, await statuses()], [[], { released: 1 }]);
    await store.transports.setPause('office', { at: 1, by: 'anna', reason: null });
    assert.deepEqual((await work()).stopped, []);
  });

  test('a throttle that names a pause is kept to', async (t) => {
    const { work, store } = await prepare(t, 10, () =>
      Promise.resolve(throttled('Later', { retryAfterMs: 3_600_000 })),
    );
    const { stopped } = await work();
    assert.ok(stopped[0]!.until! > Date.now() + 3_000_000);
    assert.equal((await store.transports.state('office')).lines, 2);
  });

  test('the slower pace survives a restart, and clean minutes give it back', async (t) => {
    let sent = 0;
    const { work, store } = await prepare(
      t,
      3,
      async (number, commit) => {
        if (number === 1) return throttled('Slow down');
        sent++;
        await commit();
        return accepted;
      },
      { perMinute: 600 },
    );
    await work();
    assert.equal((await store.transports.state('office')).rate, 300);
    let asked = Date.now() + 6 * 60_000;
    await work({ now: () => asked++ });
    assert.equal((await store.transports.state('office')).rate, 360);
    assert.equal(sent, 3);
  });

  test('a transport that a person paused sends nothing, also when it is paused in the middle', async (t) => {
    const pause = { at: 1, by: 'anna', reason: 'the month is not closed' };
    const first = await prepare(t, 5, () => Promise.reject(new Error('nothing may be sent')));
    await first.store.transports.state('office');
    await first.store.transports.setPause('office', pause);
    const { stopped } = await first.work();
    assert.deepEqual([stopped[0]?.by, stopped[0]?.text], ['pause', 'Paused by anna: the month is not closed.']);
    assert.deepEqual(await first.statuses(), { queued: 5 });

    const second = await prepare(t, 50, async (number, commit) => {
      if (number === 5) {
        await second.store.transports.setPause('office', pause);
        t.mock.method(performance, 'now', () => performance.timeOrigin + 1e9);
      }
      await commit();
      return accepted;
    });
    await second.work();
    const { released, queued } = await second.statuses();
    assert.ok(released! >= 5 && released! < 40, `${released} released`);
    assert.equal(released! + queued!, 50);
    await second.store.transports.setPause('office', null);
    t.mock.restoreAll();
    await second.work();
    assert.deepEqual(await second.statuses(), { released: 50 });
  });

  test('a clock that steps back by an hour leaves due what was due; one that steps ahead by a day expires nothing', async (t) => {
    for (const step of [-3_600_000, 86_400_000, 30 * 86_400_000]) {
      let moved = 0;
      const { work, statuses, store, messages } = await prepare(
        t,
        20,
        async (number, commit) => {
          if (number === 5) moved = step;
          if (number === 9) return { ...throttled('Mailbox busy'), blame: 'message', fault: 'temporary' } as Outcome;
          await commit();
          return accepted;
        },
        { connections: 1 },
      );
      const hasten = messages.map(({ id }) => ({ hasten: id, at: Date.now(), by: 'clerk', text: '' }));
      await store.changes.applyAll(hasten);
      await work({ now: () => Date.now() + moved });
      assert.deepEqual(await statuses(), { released: 19, queued: 1 }, `${step}`);
    }
  });

  test('20,000 that were put off come due at once: fresh mail leaves within the next turns, and they go on beside it', async (t) => {
    const order: string[] = [];
    const { work, store } = await prepare(t, 0, () => Promise.reject(new Error('unused')));
    const taken = Array.from({ length: 20_000 }, () => sampleTakeIn(sampleMessage({ dueAt: 0 })));
    for (const one of taken) one.messages[0]!.message.ingredients!.attachments = [];
    await store.takeIn.take({
      ...taken[0]!,
      documents: taken.flatMap(({ documents }) => documents),
      messages: taken.flatMap(({ messages }) => messages),
    });
    await store.transports.state('office');
    for (let left = 20_000; left > 0; left -= 1_000) {
      const claims = await store.queue.claim({ transport: 'office', worker: 'w1', most: 1_000, now: at, leaseMs: 1 });
      const end = {
        at,
        by: 'test',
        text: '',
        reply: null,
        transcript: '',
        reason: 'other',
        tries: 1,
        dueAt: 0,
      } as const;
      await Promise.all(
        claims.map((one) => store.queue.settle(one, false, { ...end, trigger: 'put-back', result: 'put-back' })),
      );
    }
    const fresh = Array.from({ length: 5 }, () => sampleMessage({ documentType: 'fresh', dueAt: 1 }));
    for (const message of fresh) {
      message.ingredients!.attachments = [];
      await store.takeIn.take(sampleTakeIn(message));
    }
    const ids = new Set(fresh.map(({ id }) => id));
    const transport: Transport = {
      name: 'office',
      connections: 1,
      async send(job, commit) {
        order.push(ids.has(job.id) ? 'fresh' : 'put off');
        await commit();
        return accepted;
      },
      test: () => Promise.reject(new Error('not here')),
      close: () => Promise.resolve(),
    };
    const limits = { connections: 1, perMinute: 60_000, perDay: null };
    await work({ waysOut: [{ transport, limits, digest: 'd' }], limit: 12 });
    // Two of four turns are for the most urgent.
    assert.ok(order.lastIndexOf('fresh') < 11, order.join());
    assert.deepEqual([order.length, order.filter((one) => one === 'fresh').length], [12, 5]);
  });

  test('a bug of our own at one message puts it aside after three times, and the others go', async (t) => {
    const { work, statuses, store, messages } = await prepare(t, 4, () => Promise.reject(new Error('unused')), {}, {});
    const bad = messages[1]!.id;
    const transport: Transport = {
      name: 'office',
      connections: 2,
      async send(job, commit) {
        if (job.id === bad) throw new Error('boom');
        await commit();
        return accepted;
      },
      test: () => Promise.reject(new Error('not here')),
      close: () => Promise.resolve(),
    };
    const limits = { connections: 2, perMinute: null, perDay: null };
    for (let run = 0; run < 3; run++) {
      await work({ waysOut: [{ transport, limits, digest: 'd' }] });
      await store.changes.applyAll([{ hasten: bad, at: 0, by: 'clerk', text: 'Due now.' }]);
    }
    assert.deepEqual(await statuses(), { released: 3, held: 1 });
    assert.equal((await store.messages.get(bad))?.reason, 'poison');
  });

  test('a line that is gone after W3 and before the dot puts the message back, and it goes again without a doubt', async (t) => {
    let number = 0;
    const carry = async (supply: Supply): Promise<void> => {
      for (let task = supply.next(false); task !== null; task = supply.next(false)) {
        await task.commit();
        if (++number === 2) await task.giveBack();
        else await task.settle(accepted);
      }
    };
    const { work, statuses, store } = await prepare(
      t,
      4,
      () => Promise.reject(new Error('unused')),
      { connections: 1 },
      { carry },
    );
    await work();
    assert.deepEqual(await statuses(), { released: 4 });
    assert.deepEqual(
      (await store.messages.find({})).map(({ tries }) => tries),
      [1, 1, 1, 1],
    );
  });

  test('told to stop, it finishes what it has begun, puts back the rest, and begins nothing more', async (t) => {
    const stop = new AbortController();
    let begun = 0;
    const { work, statuses } = await prepare(t, 40, async (_number, commit) => {
      begun++;
      await commit();
      if (begun >= 10) stop.abort();
      return accepted;
    });
    await work({ signal: stop.signal });
    const { released, queued } = await statuses();
    assert.equal(released, begun);
    assert.equal(queued, 40 - begun);
    assert.ok(begun < 20);
  });

  test('what nobody answers after a stop is cut off and uncertain', async (t) => {
    const stop = new AbortController();
    let cut = (): void => {};
    const silence = new Promise<Outcome>((resolve) => (cut = () => resolve(lost)));
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const { work, statuses } = await prepare(
      t,
      3,
      async (_number, commit) => {
        await commit();
        stop.abort();
        setImmediate(() => t.mock.timers.tick(31_000));
        return silence;
      },
      { connections: 1 },
      { breakOff: () => cut() },
    );
    await work({ signal: stop.signal });
    assert.deepEqual(await statuses(), { queued: 2, uncertain: 1 });
  });
});
