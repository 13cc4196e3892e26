// Random schedules of claims, commits, answers, deaths and people against a model of the queue, on both engines. OUTBOX_TEST_RUNS for more.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { after, type Standing, type Trigger } from '../../src/message/status.ts';
import type { Message } from '../../src/message/message.ts';
import { priorityOf, priorityPutOff } from '../../src/message/priority.ts';
import type { Claimed } from '../../src/store/claim.ts';
import type { Settlement } from '../../src/store/settle.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { standingOf } from '../../src/store/transition.ts';
import { engines } from '../support/engines.ts';
import { at, sampleMessage, sampleTakeIn } from '../support/samples.ts';

const numRuns = Number(process.env['OUTBOX_TEST_RUNS'] ?? 20);

/** A worker's hold on a message, that may be lost behind its back. */
interface Handle {
  claimed: Claimed;
  worker: string;
  isCommitted: boolean;
  /** Its lease was renewed, and so outlives a look of the reaper. */
  isRenewed: boolean;
}

interface Modelled {
  standing: Standing;
  priority: number;
  tries: number;
  dueAt: number;
  /** Null when nobody holds it. */
  handle: Handle | null;
  /** The dot was sent, and no answer said that it was for nothing. */
  mayHaveGone: boolean;
  /** Somebody said: once more, although it may have arrived. */
  isAllowedAgain: boolean;
  /** The last one that took it. */
  newest: Handle | null;
  /** Process deaths with it under way. */
  deaths: number;
}

interface Model {
  messages: Map<string, Modelled>;
  handles: Handle[];
  now: number;
}

interface Real {
  store: Store;
  transport: string;
}

type Command = fc.AsyncCommand<Model, Real>;

const farMs = 3_600_000;

const command = (name: string, run: (model: Model, real: Real) => Promise<void>): Command => ({
  check: () => true,
  run: (model, real) => run(model, real),
  toString: () => name,
});

/** What the tables say must be what the model says. */
async function mustAgree(model: Model, real: Real, id: string): Promise<void> {
  const found = await real.store.messages.get(id);
  const { standing } = model.messages.get(id)!;
  assert.deepEqual(standingOf(found as never), { phase: null, kind: null, ...standing });
}

const holds = (model: Model, handle: Handle): Modelled | null => {
  const message = model.messages.get(handle.claimed.message.id)!;
  return message.handle === handle ? message : null;
};

const takeIn = (isHeld: boolean, later: boolean): Command =>
  command(`take in${isHeld ? ' held' : ''}`, async (model, real) => {
    const status: Message['status'] = isHeld ? 'held' : 'queued';
    const dueAt = model.now + (later ? farMs : 0);
    const message = sampleMessage({
      transport: real.transport,
      status,
      dueAt,
      reason: isHeld ? 'on-hold' : null,
    });
    await real.store.takeIn.take(sampleTakeIn(message));
    const modelled = {
      standing: { status } as Standing,
      priority: priorityOf(1),
      tries: 0,
      dueAt,
      handle: null,
      mayHaveGone: false,
      isAllowedAgain: false,
      newest: null,
      deaths: 0,
    };
    model.messages.set(message.id, modelled);
  });

const workers = ['w1', 'w2', 'w3'];
const leaseMs = 120_000;

/** Where machines share a store, only the owner of a transport may claim for it. */
async function own({ store, transport }: Real, worker: string): Promise<void> {
  await store.transports.state(transport);
  if (store.engine === 'sqlite') return;
  for (const other of workers) if (other !== worker) await store.transports.disown(transport, other);
  assert.equal(await store.transports.own(transport, worker, leaseMs), true);
}

/** As if their workers had been silent for long: on PostgreSQL the database's own clock judges a lease. */
async function endLeases(store: Store, ids: readonly string[]): Promise<void> {
  for (const worker of workers) await store.queue.renew(ids, worker, at, -10 * 365 * 86_400_000);
}

const claim = (worker: string, most: number): Command =>
  command(`${worker} claims ${most}`, async (model, real) => {
    const due = [...model.messages]
      .filter(([, { standing, dueAt }]) => standing.status === 'queued' && dueAt <= model.now)
      .toSorted(([a, one], [b, other]) => one.priority - other.priority || one.dueAt - other.dueAt || (a < b ? -1 : 1))
      .slice(0, most);
    await own(real, worker);
    const found = await real.store.queue.claim({
      transport: real.transport,
      worker,
      most,
      now: model.now,
      leaseMs,
    });
    assert.deepEqual(
      found.map(({ message }) => message.id),
      due.map(([id]) => id),
    );
    for (const claimed of found) {
      const handle = { claimed, worker, isCommitted: false, isRenewed: false };
      model.handles.push(handle);
      Object.assign(model.messages.get(claimed.message.id)!, {
        handle,
        newest: handle,
        standing: { status: 'sending', phase: 'preparing' },
      });
    }
  });

const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % Math.max(1, from.length)];

const commit = (which: number): Command =>
  command(`commit ${which}`, async (model, real) => {
    const handle = pick(model.handles, which);
    if (!handle || handle.isCommitted) return;
    const message = holds(model, handle);
    if (!message) return assert.rejects(real.store.queue.commit(handle.claimed), { code: 'OBX019' });
    await real.store.queue.commit(handle.claimed);
    assert.equal(message.mayHaveGone && !message.isAllowedAgain, false, 'a second dot, and nobody asked for it');
    handle.isCommitted = true;
    Object.assign(message, {
      mayHaveGone: true,
      isAllowedAgain: false,
      standing: { status: 'sending', phase: 'committing' },
    });
    await mustAgree(model, real, handle.claimed.message.id);
  });

/** What a worker saw that was slow, not dead: evidence for a message that is uncertain since. */
function lateEnd(model: Model, handle: Handle, wanted: Settlement['trigger']) {
  const message = model.messages.get(handle.claimed.message.id)!;
  if (message.standing.status !== 'uncertain' || wanted === 'lose-sight' || wanted === 'hold') return null;
  if (wanted !== 'accept' && message.newest !== handle) return null;
  const trigger = wanted === 'put-back' ? 'release' : wanted;
  return { message, trigger, to: after(message.standing, trigger)! };
}

const settle = (which: number, wanted: Settlement['trigger']): Command =>
  command(`settle ${which}: ${wanted}`, async (model, real) => {
    const handle = pick(model.handles, which);
    if (!handle) return;
    const phase = handle.isCommitted ? 'committing' : 'preparing';
    const to = after({ status: 'sending', phase }, wanted);
    if (!to) return;
    const dueAt = wanted === 'put-back' ? model.now + 60_000 : null;
    const words = {
      reply: null,
      transcript: '',
      reason: null,
      text: '',
      by: handle.worker,
      result: 'put-back',
    } as const;
    const end: Settlement = { ...words, trigger: wanted, at: model.now, tries: 1, dueAt };
    const message = holds(model, handle);
    const late = message ? null : lateEnd(model, handle, wanted);
    assert.equal(await real.store.queue.settle(handle.claimed, handle.isCommitted, end), (message ?? late) !== null);
    model.handles = model.handles.filter((one) => one !== handle);
    if (late) {
      if (late.trigger !== 'accept') late.message.mayHaveGone = false;
      Object.assign(late.message, { standing: late.to, dueAt: dueAt ?? late.message.dueAt, tries: end.tries });
      return mustAgree(model, real, handle.claimed.message.id);
    }
    if (!message) return;
    // A clear no to the dot: the recipient has nothing.
    if (wanted === 'put-back' || wanted === 'refuse') message.mayHaveGone = false;
    // A try that counted against it puts it behind what is fresh.
    if (wanted === 'put-back' && end.tries > message.tries) message.priority = priorityPutOff(message.priority);
    Object.assign(message, { standing: to, handle: null, dueAt: dueAt ?? message.dueAt, tries: end.tries });
    await mustAgree(model, real, handle.claimed.message.id);
  });

const renew = (worker: string): Command =>
  command(`${worker} renews`, async (model, real) => {
    const held = model.handles.filter((handle) => handle.worker === worker && holds(model, handle));
    const ids = held.map(({ claimed }) => claimed.message.id);
    await real.store.queue.renew(ids, worker, model.now, leaseMs);
    for (const handle of held) handle.isRenewed = true;
  });

/** The workers are dead: their handles are still there, as those of a process that only stood still. */
const sweep = command('sweep', async (model, real) => {
  const left = [...model.messages].filter(
    ([, { standing, handle }]) =>
      standing.status === 'sending' && !(real.store.engine === 'postgres' && handle!.isRenewed),
  );
  const ids = left.map(([id]) => id);
  await endLeases(real.store, ids);
  await real.store.sweep(model.now);
  for (const [, message] of left) {
    const isPoison = left.length === 1 && ++message.deaths >= 2;
    if (left.length > 1) message.deaths++;
    const phase = message.standing.status === 'sending' ? message.standing.phase : null;
    message.standing = { status: phase === 'committing' ? 'uncertain' : isPoison ? 'held' : 'queued' };
    message.handle = null;
  }
  for (const id of model.messages.keys()) await mustAgree(model, real, id);
});

/** A person, a policy, or evidence. */
const act = (which: number, trigger: Trigger): Command =>
  command(`${trigger} ${which}`, async (model, real) => {
    const found = pick([...model.messages], which);
    if (!found) return;
    const [id, message] = found;
    const to = after(message.standing, trigger);
    const change = trigger === 'release' ? { dueAt: model.now } : {};
    const changed = await real.store.changes.apply({ id, trigger, at: model.now, by: 'clerk', text: '', change });
    assert.deepEqual(changed, { before: message.standing.status, moved: to !== undefined });
    if (to) {
      if (trigger === 'release' || trigger === 'reopen') message.isAllowedAgain = true;
      if (trigger === 'release') message.dueAt = model.now;
      if (message.standing.status === 'sending') message.handle = null;
      message.standing = to;
    }
    await mustAgree(model, real, id);
  });

const hasten = (which: number): Command =>
  command(`hasten ${which}`, async (model, real) => {
    const found = pick([...model.messages], which);
    if (!found) return;
    const isQueued = found[1].standing.status === 'queued';
    const asked = { hasten: found[0], at: model.now, by: 'clerk', text: '' };
    assert.deepEqual(await real.store.changes.applyAll([asked]), [{ before: 'queued', moved: isQueued }]);
    if (!isQueued) return;
    found[1].dueAt = model.now;
    found[1].priority = priorityOf(1);
  });

const timePasses = (ms: number): Command =>
  command(`${ms} ms pass`, (model) => {
    model.now += ms;
    return Promise.resolve();
  });

const which = fc.nat(40);
const worker = fc.constantFrom(...workers);
const commands = [
  fc.tuple(fc.boolean(), fc.boolean()).map((of) => takeIn(...of)),
  fc.constant(takeIn(false, false)),
  fc.tuple(worker, fc.integer({ min: 1, max: 4 })).map((of) => claim(...of)),
  which.map(commit),
  which.map(commit),
  fc.tuple(which, fc.constantFrom('accept', 'put-back', 'refuse', 'lose-sight')).map((of) => settle(...of)),
  worker.map(renew),
  fc.constant(sweep),
  fc
    .tuple(which, fc.constantFrom('release', 'hold', 'cancel', 'reopen', 'block', 'confirm', 'bounce', 'expire'))
    .map((of) => act(...of)),
  which.map(hasten),
  fc.constantFrom(1, 60_000, farMs).map(timePasses),
] satisfies fc.Arbitrary<Command>[];

const locations = engines();

for (const [engine, locate] of Object.entries(locations)) {
  describe(`the queue on ${engine}`, () => {
    test('whatever happens in whatever order, the tables say what the model says, and no dot is sent twice unasked', async (t) => {
      const location = await locate(t);
      if (location === null) return;
      const store = await openStore(location);
      t.after(() => store.close());
      let run = 0;
      await fc.assert(
        fc.asyncProperty(fc.commands(commands, { maxCommands: 60, size: 'max' }), async (schedule) => {
          const real = { store, transport: `office-${++run}` };
          // Nothing of the run before is under way any more.
          await endLeases(store, await store.messages.ids({ status: 'sending' }));
          await store.sweep(at);
          let last: Model | null = null;
          const setup = () => {
            last = { messages: new Map(), handles: [], now: at };
            return { model: last, real };
          };
          await fc.asyncModelRun(setup, schedule);
          for (const id of last!.messages.keys()) await mustAgree(last!, real, id);
        }),
        { numRuns, endOnFailure: numRuns < 100 },
      );
    });
  });
}
