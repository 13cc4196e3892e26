// Faults 13 and 16 to 18 with a window: several messages in flight over each line when it happens.
import { setTimeout as wait } from 'node:timers/promises';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene } from '../scene.ts';
import { seeded } from '../sink/plan.ts';
import { workHere } from '../worker.ts';
import { inTheAir } from './kills.ts';

const window = 4;
const limitsFor = (connections: number): string => `connections: ${connections}, window: ${window}`;

/** Sends what is due until nothing is, however often the lines are cut meanwhile. */
async function sendWide(scene: Scene, installed: Installed): Promise<void> {
  for (let run = 0; run < 40 && ((await scene.counts(installed))['queued'] ?? 0) > 0; run++)
    await workHere(installed, { isWide: true });
}

const cutWide: Scenario = {
  number: 16,
  fault: `both open lines are reset 10 times while 400 messages go out, ${window} in flight over each`,
  expected: 'what was not said goes out once; the rest is uncertain, as many as the window for every line at most',
  async run(scene, { seed }) {
    const sink = await scene.sink({ dotDelayMs: 3, seed });
    const installed = await scene.install(sink, { messages: 400, limits: limitsFor(2) });
    const working = sendWide(scene, installed);
    let isOver = false;
    void working.finally(() => (isOver = true));
    for (let cut = 1; cut <= 10 && !isOver; cut++) {
      await Promise.race([sink.reached('dot', cut * 25), working]);
      await sink.cut();
    }
    await working;
    const counts = await scene.counts(installed);
    const uncertain = counts['uncertain'] ?? 0;
    scene.must(uncertain <= 10 * 2 * window, `${uncertain} are uncertain over 2 lines and 10 cuts`);
    scene.must(uncertain > 0, 'nothing was in flight when the lines were cut');
    scene.equal((counts['released'] ?? 0) + uncertain, 400, 'released and uncertain');
  },
};

const endedWide = (fault: string, plan: object, most: number): Scenario => ({
  number: 17,
  fault: `${fault}, ${window} in flight`,
  expected:
    most === 0
      ? 'what was in flight behind it goes over a new session; no try is used up, nobody is in doubt'
      : 'what was said and not answered is uncertain; the rest goes over a new session',
  async run(scene) {
    const sink = await scene.sink(plan);
    const installed = await scene.install(sink, { messages: 40, limits: limitsFor(2) });
    await sendWide(scene, installed);
    const { released = 0, uncertain = 0 } = await scene.counts(installed);
    scene.must(uncertain <= most, `${uncertain} are uncertain`);
    scene.equal(released + uncertain, 40, 'released and uncertain');
    const messages = await scene.messages(installed);
    scene.must(
      messages.every(({ tries }) => tries === 1),
      'a message used up more than one try',
    );
  },
});

const shifted: Scenario = {
  number: 13,
  fault: `one reply too many at the ninth MAIL, ${window} in flight, and the contents behind it are refused`,
  expected: 'the session is ended; nothing is released that was not kept',
  async run(scene) {
    const sink = await scene.sink({
      rules: [
        { at: 'mail', times: [9, 9], do: { say: '250 2.1.0 sender ok\r\n250 2.1.0 sender ok' } },
        { at: 'dot', times: [9, 11], do: { say: '554 5.7.1 no', keep: false } },
      ],
    });
    const installed = await scene.install(sink, { messages: 24, limits: limitsFor(1) });
    await sendWide(scene, installed);
    const { released = 0, uncertain = 0, failed = 0 } = await scene.counts(installed);
    scene.equal(released + uncertain + failed, 24, 'all');
    scene.saw(`${released} released, ${uncertain} uncertain, ${failed} failed`);
  },
};

/** After a start it goes one by one for the first eighteen or so, and then in a window for some forty: the kill comes there. */
const killedWide: Scenario = {
  number: 18,
  fault: `kill -9 at 20 moments while up to ${window} messages are in flight over one line`,
  expected: `nothing lost, nothing twice, ${window} uncertain at most for every kill`,
  async run(scene, { seed }) {
    const random = seeded(seed);
    const sink = await scene.sink({ dotDelayMs: 2, seed });
    const installed = await scene.install(sink, { messages: 1_200, limits: limitsFor(1) });
    const found: number[] = [];
    await scene.withStore(installed, async (store) => {
      while (found.length < 20) {
        const goal = (await sink.times('mail')) + 26 + Math.floor(random() * 12);
        const started = installed.outbox.start(['run', '--until-empty'], installed.env);
        await Promise.race([sink.reached('mail', goal), started.ended]);
        await wait(random() * 4);
        started.child.kill('SIGKILL');
        scene.equal((await started.ended).signal, 'SIGKILL', 'how it ended');
        found.push(await inTheAir(store));
      }
    });
    scene.must(Math.max(...found) <= window, `${Math.max(...found)} in the air at a kill`);
    scene.must(Math.max(...found) > 1, 'never more than one was in flight');
    await scene.send(installed);
    const sum = found.reduce((total, one) => total + one, 0);
    const { released = 0, uncertain = 0 } = await scene.counts(installed);
    scene.equal([released + uncertain, uncertain], [1_200, sum], 'all, and those in the air at the kills');
    scene.saw(`${sum} uncertain of 20 kills`);
  },
};

export const windowFaults: Scenario[] = [
  shifted,
  cutWide,
  endedWide('421 and the line closed after every 7 messages', { closeAfter: 7 }, 0),
  endedWide(
    'the line is reset at the fifth MAIL of every session',
    { rules: [{ at: 'mail', messages: [5, 5], do: { close: 'rst' } }] },
    40,
  ),
  endedWide(
    '421 at the fifth MAIL of every session',
    { rules: [{ at: 'mail', messages: [5, 5], do: { say: '421 4.4.2 session too long', close: 'fin' } }] },
    0,
  ),
  killedWide,
];
