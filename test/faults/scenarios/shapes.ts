// Shapes that many faults share: the transport is to blame; one message is to blame.
import type { Timeouts } from '../../../src/transport/smtp/timeouts.ts';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene, Wish } from '../scene.ts';
import type { Place, Plan } from '../sink/plan.ts';
import { workHere } from '../worker.ts';

interface TransportFault {
  number: number;
  fault: string;
  plan: Partial<Plan>;
  wish?: Wish;
  /** The server when the fault is gone; a good one when left out. */
  good?: Partial<Plan>;
  /** The worker runs in the harness with these. */
  timeouts?: Partial<Timeouts>;
  /** Given to the first run only. */
  env?: Record<string, string>;
  /** Connections that the fault may cost; 5 when left out. */
  connects?: number;
  alone?: boolean;
  /** More that must be so after the fault. */
  also?: (scene: Scene, installed: Installed) => Promise<void>;
  expected?: string;
}

const untouched = 'nothing is sent, no message is touched, the transport stops; when it is mended all go out once';

/** Nothing of any message is said or done: all wait with no try used up, and go out when the server is good again. */
export const transportFault = (of: TransportFault): Scenario => ({
  number: of.number,
  fault: of.fault,
  expected: of.expected ?? untouched,
  ...(of.alone ? { alone: true } : {}),
  async run(scene) {
    const sink = await scene.sink(of.plan);
    const installed = await scene.install(sink, of.wish);
    const { taken } = scene;
    const code = of.timeouts
      ? (await workHere(installed, { timeouts: of.timeouts })).stopped.length > 0
        ? 3
        : 0
      : (await scene.send(installed, of.env)).code;
    scene.equal(code, 3, 'exit code with the fault');
    await scene.mustCount(installed, { queued: taken }, 'with the fault');
    await scene.mustBeUntouched(installed, 'with the fault');
    const seen = await sink.seen();
    scene.must(seen.connections <= (of.connects ?? 5), `${seen.connections} connections were tried in a row`);
    scene.equal(seen.entries.length, 0, 'contents that came in with the fault');
    await of.also?.(scene, installed);
    await sink.plan(of.good ?? {});
    // A pause that the other side wanted is kept, until a test shows that all is well.
    if (!of.timeouts) await installed.outbox.run('test', 'office');
    scene.equal((await scene.send(installed)).code, 0, 'exit code when mended');
    await scene.mustCount(installed, { released: taken }, 'when mended');
  },
});

interface MessageFault {
  number: number;
  fault: string;
  expected: string;
  at: Place;
  say: string;
  status: 'queued' | 'failed' | 'released' | 'uncertain';
  reason?: string;
  /** Tries that count against it. */
  tries?: number;
  wish?: Wish;
  plan?: Partial<Plan>;
}

/** One of five is refused; the other four go out. */
export const messageFault = (of: MessageFault): Scenario => ({
  number: of.number,
  fault: of.fault,
  expected: of.expected,
  async run(scene) {
    const sink = await scene.sink({
      ...of.plan,
      rules: [{ at: of.at, match: 'RCPT.*c3@', do: { say: of.say } }, ...(of.plan?.rules ?? [])],
    });
    const installed = await scene.install(sink, of.wish);
    await scene.send(installed);
    const messages = await scene.messages(installed);
    const one = messages.find(({ recipient }) => recipient.startsWith('c3@'))!;
    scene.equal(one.status, of.status, 'the message');
    if (of.reason) scene.equal(one.reason, of.reason, 'reason');
    if (of.tries !== undefined) scene.equal(one.tries, of.tries, 'tries');
    const others = messages.filter((message) => message !== one);
    scene.must(
      others.every(({ status }) => status === 'released'),
      'the other four did not all go out',
    );
  },
});
