// Faults 37 to 39: the other side says slower, or no more today; and everything comes due at once.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { sampleDocument, sampleIngredients, sampleMessage } from '../../support/samples.ts';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene } from '../scene.ts';
import type { Place, Plan } from '../sink/plan.ts';
import { workHere } from '../worker.ts';

const minute = 60_000;

/** A clock that runs so many times as fast as the real one. */
const fastClock = (times: number): (() => number) => {
  const from = Date.now();
  return () => from + (Date.now() - from) * times;
};

/** When the next message of the installation may go: the later of breaker and message. */
async function nextTry(scene: Scene, installed: Installed): Promise<number> {
  const { retryAt } = await scene.withStore(installed, (store) => store.transports.state('office'));
  const due = (await scene.messages(installed))
    .filter(({ status }) => status === 'queued')
    .map(({ dueAt }) => dueAt ?? 0);
  return Math.max(retryAt ?? 0, Math.min(...due));
}

const throttled = (say: string, at: Place, pauseMs: number): Scenario => ({
  number: 37,
  fault: `${at.toUpperCase()} is answered "${say}" to all`,
  expected: `no try is used up, nothing goes for ${pauseMs / minute} min at least, no storm; when it lifts all go out once`,
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at, do: { say } }] });
    const installed = await scene.install(sink, { messages: 20 });
    const from = Date.now();
    await scene.send(installed);
    await scene.mustCount(installed, { queued: 20 }, 'with the throttle');
    await scene.mustBeUntouched(installed, 'with the throttle');
    const pause = (await nextTry(scene, installed)) - from;
    scene.must(pause >= pauseMs * 0.95, `the next try is after ${Math.round(pause / 1000)} s`);
    scene.must(((await sink.seen()).places[at] ?? 0) <= 8, `${(await sink.seen()).places[at]} times in a row`);
    await sink.plan();
    await workHere(installed, { now: () => Date.now() + 24 * 60 * minute });
    await scene.mustCount(installed, { released: 20 }, 'when it lifts');
  },
});

const slowing = (fault: string, throttle: Plan['throttle'], mostRefused: number): Scenario => ({
  number: 37,
  fault,
  expected: `the rate drops by itself: all 100 go out within the hour, no try is used up, ${mostRefused} refusals at most`,
  async run(scene) {
    const sink = await scene.sink({ throttle, dotDelayMs: 20 });
    const installed = await scene.install(sink, { messages: 100, limits: 'connections: 6' });
    const stop = new AbortController();
    const working = workHere(installed, {
      now: fastClock(60),
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
    });
    const look = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        await wait(300);
        if ((await sink.seen()).entries.filter(({ kept }) => kept).length >= 100) stop.abort();
      }
    };
    const looking = look();
    await working;
    stop.abort();
    await looking;
    await scene.mustCount(installed, { released: 100 }, 'within the hour');
    scene.must(
      (await scene.messages(installed)).every(({ tries }) => tries <= 1),
      'a message used up more than one try',
    );
    const { throttled: refused } = await sink.seen();
    scene.saw(`${refused} refusals`);
    scene.must(refused <= mostRefused, 'it does not slow down');
  },
});

const ownQuota: Scenario = {
  number: 38,
  fault: 'the allowance of the day (90) is smaller than the run (120)',
  expected: '90 go out, also over a restart; the rest waits untouched with a time that is shown, and goes the next day',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 120, limits: 'connections: 4, perDay: 90' });
    const from = Date.now();
    await workHere(installed, { signal: AbortSignal.timeout(4_000) });
    await workHere(installed, { signal: AbortSignal.timeout(1_000) });
    await scene.mustCount(installed, { queued: 30, released: 90 }, 'on the first day');
    await scene.mustBeUntouched(installed, 'on the first day');
    const { stdout } = await scene.run(installed, ['--json', 'status']);
    const { eta } = JSON.parse(stdout) as { eta: unknown };
    scene.must(eta !== null && eta !== undefined, 'no time is shown for the rest (status)');
    await workHere(installed, { now: () => from + 25 * 60 * minute + (Date.now() - from) });
    await scene.mustCount(installed, { released: 120 }, 'on the next day');
  },
};

const theirQuota: Scenario = {
  number: 38,
  fault: 'the server says that the quota of the day is used up after 90 of 120',
  expected: 'the transport stops; the rest waits untouched, and goes when the window frees',
  async run(scene) {
    const say =
      '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; the message can not be submitted';
    const sink = await scene.sink({ rules: [{ at: 'mail', times: [91, 1_000], do: { say } }] });
    const installed = await scene.install(sink, { messages: 120, limits: 'connections: 1' });
    await scene.send(installed);
    await scene.mustCount(installed, { queued: 30, released: 90 }, 'when it was used up');
    await scene.mustBeUntouched(installed, 'when it was used up');
    const pause = (await nextTry(scene, installed)) - Date.now();
    scene.must(pause >= 10 * minute, `the next try is after ${Math.round(pause / 1000)} s`);
    await sink.plan();
    await installed.outbox.run('test', 'office');
    await scene.send(installed);
    await scene.mustCount(installed, { released: 120 }, 'when the window frees');
  },
};

const allAtOnce: Scenario = {
  number: 39,
  fault: '20,000 messages come due at once, and one new invoice is taken in',
  expected: 'the new one is among the next 25: within a minute at the rate of a mailbox',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    const now = Date.now();
    const messages = Array.from({ length: 20_000 }, (_, index) => {
      const document = sampleDocument({ number: `D${index}` });
      const change = { dueAt: now - minute, queuedAt: now - 10 * minute, tries: 1, createdAt: now - 10 * minute };
      const message = sampleMessage({ ...change, ingredients: sampleIngredients({ date: now }) });
      return { document, message: { message, request: {}, documentIds: [document.id], keys: [], text: 'Taken in.' } };
    });
    await scene.withStore(installed, async (store) => {
      for (let at = 0; at < messages.length; at += 2_000) {
        const part = messages.slice(at, at + 2_000);
        await store.takeIn.take({
          batch: null,
          documents: part.map(({ document }) => document),
          messages: part.map(({ message }) => message),
          replaced: [],
          events: [],
          by: 'test',
        });
      }
    });
    const file = join(installed.outbox.folder, 'new.txt');
    await writeFile(file, 'Invoice\n');
    await scene.run(installed, ['send', file, '--type', 'invoice', '--number', 'NEW', '--email', 'new@abf.example']);
    scene.taken = 20_001;
    await scene.run(installed, ['run', '--until-empty', '--limit', '25']);
    const { entries } = await sink.seen();
    const place = entries.findIndex(({ recipient }) => recipient === 'new@abf.example') + 1;
    scene.must(place > 0, `it is not among the first ${entries.length}`);
  },
};

const jitter: Scenario = {
  number: 39,
  fault: '200 messages are deferred in the same second',
  expected: 'their next tries are spread',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'rcpt', do: { say: '450 4.2.0 greylisted' } }] });
    const installed = await scene.install(sink, { messages: 200 });
    const from = Date.now();
    await scene.send(installed);
    const waits = (await scene.messages(installed)).map(({ dueAt }) => (dueAt ?? 0) - from);
    const [first, last] = [Math.min(...waits), Math.max(...waits)];
    scene.saw(`from ${Math.round(first / 1000)} s to ${Math.round(last / 1000)} s`);
    scene.must(last - first > first * 0.1, 'they come due together');
  },
};

export const limitFaults: Scenario[] = [
  throttled('450 4.7.0 too many messages, try again in 5 minutes', 'rcpt', 5 * minute),
  throttled('432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded', 'mail', minute / 2),
  throttled('421 4.7.0 Try again later, closing connection', 'mail', minute / 2),
  throttled('454 4.7.0 Throttling failure: Maximum sending rate exceeded', 'dot', 1_000),
  throttled('451 4.7.500 Server busy. Please try again later', 'mail', minute / 2),
  slowing(
    '432 4.3.2 beyond 3 connections, and 6 are set',
    { connections: 3, reply: '432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded' },
    12,
  ),
  slowing(
    '450 beyond 30 messages a minute, and no limit is set',
    { count: 30, ms: 1_000, reply: '450 4.7.0 too many messages, slow down' },
    30,
  ),
  ownQuota,
  theirQuota,
  allAtOnce,
  jitter,
];
