// Faults 16 and 17: the line itself. Reset, standing still, slow, far away; sessions that end.
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { Timeouts } from '../../../src/transport/smtp/timeouts.ts';
import type { Place } from '../sink/plan.ts';
import { workHere } from '../worker.ts';
import { sendLarge } from './content.ts';
import { transportFault } from './shapes.ts';

const short: Partial<Timeouts> = {
  connect: 400,
  greeting: 400,
  ehlo: 400,
  mail: 400,
  rcpt: 400,
  data: 400,
  block: 400,
  rset: 400,
  quit: 200,
};

const silentAt = (place: Place): Scenario =>
  transportFault({
    number: 16,
    fault: `the line goes dead at ${place.toUpperCase()} (no word, no end)`,
    plan: { rules: [{ at: place, do: { silent: true, stall: true } }] },
    timeouts: short,
    expected: 'the time-out of the phase fires; nothing is touched; all go out once when the line is back',
  });

const deadInContent: Scenario = {
  number: 16,
  fault: 'the line goes dead in the middle of the content (nothing is read any more)',
  expected: 'the time-out of the phase fires before the dot: it waits, never uncertain; then it goes out once',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'content', do: { share: 0.1, stall: true } }] });
    const installed = await scene.install(sink, { messages: 0 });
    await sendLarge(scene, installed, 24);
    const working = workHere(installed, { timeouts: { ...short, dot: 1_500 } });
    const isOver = await Promise.race([working.then(() => true), wait(20_000, false, { ref: false })]);
    scene.must(isOver, 'the worker did not give up within 20 s');
    if (!isOver) sink.stop();
    await working;
    const [message] = await scene.messages(installed);
    scene.equal(message!.status, 'queued', 'the message');
  },
};

const crawling: Scenario = {
  number: 16,
  fault: 'the server reads 1 kB a second',
  expected: 'slow is not broken: all go out once',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'content', do: { octetsPerSecond: 1024 } }] });
    const installed = await scene.install(sink);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'at the end');
  },
};

const farAway: Scenario = {
  number: 16,
  fault: 'every reply takes 300 ms',
  expected: 'all go out once',
  async run(scene) {
    const sink = await scene.sink({ replyDelayMs: 300 });
    const installed = await scene.install(sink, { messages: 20 });
    await scene.send(installed);
    await scene.mustCount(installed, { released: 20 }, 'at the end');
  },
};

const cutOften: Scenario = {
  number: 16,
  fault: 'all open lines are reset 10 times while 400 messages go out',
  expected: 'what had no dot goes out once; the rest is uncertain, one for every open line at most',
  async run(scene, { seed }) {
    const sink = await scene.sink({ dotDelayMs: 3, seed });
    const installed = await scene.install(sink, { messages: 400 });
    for (let cut = 1; cut <= 10; cut++) {
      const started = installed.outbox.start(['run', '--until-empty']);
      await Promise.race([sink.reached('dot', cut * 25), started.ended]);
      await sink.cut();
      await scene.ended(started, 'run');
    }
    await scene.send(installed);
    const counts = await scene.counts(installed);
    const uncertain = counts['uncertain'] ?? 0;
    scene.must(uncertain <= 40, `${uncertain} are uncertain over 4 lines and 10 cuts`);
    scene.equal((counts['released'] ?? 0) + uncertain, 400, 'released and uncertain');
  },
};

/** Sessions that end between two messages: nobody notices. */
const ended = (fault: string, plan: object): Scenario => ({
  number: 17,
  fault,
  expected: 'the next message goes over a new session; no try is used up, no transport stops',
  async run(scene) {
    const sink = await scene.sink(plan);
    const installed = await scene.install(sink, { messages: 40, limits: 'connections: 2' });
    const { code } = await scene.send(installed);
    scene.equal(code, 0, 'exit code');
    await scene.mustCount(installed, { released: 40 }, 'at the end');
    scene.must(
      (await scene.messages(installed)).every(({ tries }) => tries === 1),
      'a message used up more than one try',
    );
  },
});

export const lineFaults: Scenario[] = [
  ...(['greeting', 'ehlo', 'mail', 'rcpt', 'data'] as const).map(silentAt),
  deadInContent,
  crawling,
  farAway,
  cutOften,
  ended('421 and the line closed after every 7 messages', { closeAfter: 7 }),
  ended('the line is closed without a word at the fifth MAIL of every session', {
    rules: [{ at: 'mail', messages: [5, 5], do: { close: 'fin' } }],
  }),
  ended('the line is reset at the fifth MAIL of every session', {
    rules: [{ at: 'mail', messages: [5, 5], do: { close: 'rst' } }],
  }),
  ended('421 at the fifth MAIL of every session', {
    rules: [{ at: 'mail', messages: [5, 5], do: { say: '421 4.4.2 session too long', close: 'fin' } }],
  }),
];
