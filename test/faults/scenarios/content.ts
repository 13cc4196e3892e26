// Faults 8 to 12: DATA, the content, the dot, and what comes after it.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene } from '../scene.ts';
import type { Action, Rule } from '../sink/plan.ts';
import { workHere } from '../worker.ts';
import { messageFault, transportFault } from './shapes.ts';

/** A document of random text that no line compresses: larger than what the sockets hold. */
export async function sendLarge(scene: Scene, installed: Installed, megabytes: number, count = 1): Promise<void> {
  const file = join(installed.outbox.folder, 'large.txt');
  await writeFile(file, 'An invoice with many lines.\n'.repeat(Math.ceil((megabytes * 1024 * 1024) / 28)));
  for (let number = 1; number <= count; number++) {
    const { code, stderr } = await scene.run(installed, [
      'send',
      file,
      '--type',
      'invoice',
      '--number',
      `L${number}`,
      '--email',
      `c${number}@abf.example`,
    ]);
    if (code !== 0) throw new Error(stderr);
    scene.taken++;
  }
}

const dropped = (share: number, how: 'fin' | 'rst', where: string): Scenario => ({
  number: 8,
  fault: `the line is ${how === 'fin' ? 'closed' : 'reset'} ${where}`,
  expected:
    share === 1
      ? 'no copy is kept; it waits, or is uncertain where the dot was on its way already; never sent twice'
      : 'no dot was sent: it waits, untouched and never uncertain; then it goes out once',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'content', do: { share, close: how } }] });
    const installed = await scene.install(sink, { messages: 0 });
    await sendLarge(scene, installed, 12);
    await scene.send(installed);
    const [message] = await scene.messages(installed);
    scene.saw(`then it is ${message!.status}`);
    if (share < 1) scene.equal(message!.status, 'queued', 'the message');
    scene.equal((await sink.seen()).entries.length, 0, 'contents that came in whole');
    await sink.plan();
    if (message!.status === 'uncertain') await scene.run(installed, ['retry', '--status', 'uncertain']);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 1 }, 'at the end');
  },
});

/** The third of five meets the fault after its dot. */
const afterDot = (of: {
  number: number;
  fault: string;
  expected: string;
  action: Action;
  policy?: 'once-more';
  status: 'uncertain' | 'released' | 'queued';
  timeouts?: { dot: number };
  doubled?: number;
}): Scenario => ({
  number: of.number,
  fault: of.fault,
  expected: of.expected,
  async run(scene) {
    const rule: Rule = { at: 'dot', match: 'c3@', times: [1, 1], do: of.action };
    const sink = await scene.sink({ rules: [rule] });
    const edit = (yaml: string): string =>
      yaml.replace('    name: Invoice\n', `    name: Invoice\n    uncertain: ${of.policy ?? 'hold'}\n`);
    const installed = await scene.install(sink, { edit });
    scene.declared = { doubled: of.doubled ?? 0 };
    if (of.timeouts) await workHere(installed, { timeouts: of.timeouts });
    else await scene.send(installed);
    const one = (await scene.messages(installed)).find(({ recipient }) => recipient.startsWith('c3@'))!;
    scene.equal(one.status, of.status, 'the message');
    await scene.send(installed);
    // A quarter of an hour later, when the policy sends once more.
    const later = Date.now() + 20 * 60_000;
    await workHere(installed, { now: () => later + (Date.now() % 1000) });
    await scene.send(installed);
    const copies = (await sink.seen()).entries.filter(
      ({ messageId, kept }) => kept && messageId === one.ingredients!.messageId,
    ).length;
    scene.saw(`copies: ${copies}`);
    const end = (await scene.counts(installed))['released'] ?? 0;
    scene.equal(end, of.status === 'uncertain' && !of.policy ? 4 : 5, 'released at the end');
  },
});

const acceptedThenClosed: Scenario = {
  number: 12,
  fault: '250 to the dot, and the line is closed at once, for every message',
  expected: 'released, and the next one goes over a new connection',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'dot', do: { say: '250 2.0.0 kept', close: 'fin' } }] });
    const installed = await scene.install(sink, { messages: 12 });
    scene.equal((await scene.send(installed)).code, 0, 'exit code');
    await scene.mustCount(installed, { released: 12 }, 'at the end');
  },
};

const closingAfterDot: Scenario = {
  number: 12,
  fault: '421 to the dot and the line closed, once',
  expected: 'it waits with no try used; then it goes out once',
  async run(scene) {
    const sink = await scene.sink({
      rules: [{ at: 'dot', times: [3, 3], do: { say: '421 4.3.2 going down', close: 'fin' } }],
    });
    const installed = await scene.install(sink);
    await scene.send(installed);
    await scene.mustBeUntouched(installed, 'with the fault');
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'at the end');
  },
};

export const contentFaults: Scenario[] = [
  transportFault({
    number: 8,
    fault: 'DATA is answered 421 4.3.0',
    plan: { rules: [{ at: 'data', do: { say: '421 4.3.0 not now' } }] },
  }),
  messageFault({
    number: 8,
    fault: 'DATA is answered 354 although the only recipient was refused',
    expected: 'failed; no content is given; the others go out',
    plan: { rules: [{ at: 'data', do: { say: '354 go on' } }] },
    at: 'rcpt',
    say: '550 5.1.1 unknown',
    status: 'failed',
  }),
  transportFault({
    number: 8,
    fault: 'the line is closed before 354',
    plan: { rules: [{ at: 'data', do: { close: 'fin' } }] },
  }),
  dropped(0.01, 'rst', 'at 1 % of the content'),
  dropped(0.5, 'rst', 'in the middle of the content'),
  dropped(0.5, 'fin', 'in the middle of the content'),
  dropped(1, 'rst', 'at the last octet before the dot'),
  afterDot({
    number: 9,
    fault: 'the line is cut after the dot, and the server kept the message (policy: hold)',
    expected: 'uncertain, never sent again by itself: 1 copy',
    action: { close: 'rst', keep: true },
    status: 'uncertain',
  }),
  afterDot({
    number: 9,
    fault: 'the line is cut after the dot, and the server kept the message (policy: once more)',
    expected: 'uncertain, then sent once more under the same Message-ID: at most 2 copies',
    action: { close: 'rst', keep: true },
    policy: 'once-more',
    status: 'queued',
    doubled: 1,
  }),
  afterDot({
    number: 10,
    fault: 'the line is cut after the dot, and the server did not keep the message (policy: hold)',
    expected: 'uncertain until a person decides: 0 copies, and the status says so',
    action: { close: 'fin', keep: false },
    status: 'uncertain',
  }),
  afterDot({
    number: 10,
    fault: 'the line is cut after the dot, and the server did not keep the message (policy: once more)',
    expected: 'sent once more: 1 copy',
    action: { close: 'fin', keep: false },
    policy: 'once-more',
    status: 'queued',
  }),
  afterDot({
    number: 11,
    fault: 'the answer to the dot comes late, but in time (a twentieth of the time-out)',
    expected: 'it waits: released',
    action: { delayMs: 100 },
    timeouts: { dot: 2_000 },
    status: 'released',
  }),
  afterDot({
    number: 11,
    fault: 'the answer to the dot comes at nine tenths of the time-out',
    expected: 'it waits: released',
    action: { delayMs: 1_800 },
    timeouts: { dot: 2_000 },
    status: 'released',
  }),
  afterDot({
    number: 11,
    fault: 'the answer to the dot comes after the time-out',
    expected: 'uncertain: 1 copy',
    action: { delayMs: 2_600 },
    timeouts: { dot: 2_000 },
    status: 'uncertain',
  }),
  messageFault({
    number: 12,
    fault: 'the dot is answered 451 4.3.0',
    expected: 'it waits for its next try; the others go out',
    at: 'dot',
    say: '451 4.3.0 try later',
    status: 'queued',
    tries: 1,
  }),
  messageFault({
    number: 12,
    fault: 'the dot is answered 554 5.6.0',
    expected: 'failed; the others go out',
    at: 'dot',
    say: '554 5.6.0 bad content',
    status: 'failed',
    reason: 'content-rejected',
  }),
  closingAfterDot,
  acceptedThenClosed,
];
