// Faults 42 and 43: people act while it sends; an installation is copied.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scenario } from '../scenario.ts';
import { newOutbox } from '../../support/outbox.ts';
import { seeded } from '../sink/plan.ts';

/** One message stands at a place of its way, and a person acts. */
const during = (of: {
  verb: 'cancel' | 'hold' | 'retry' | 'release';
  place: 'rcpt' | 'dot';
  code: number;
  status: string;
  dots: number;
  afterwards?: 'release';
}): Scenario => ({
  number: 42,
  fault: `outbox ${of.verb} while the message is ${of.place === 'rcpt' ? 'prepared' : 'at its dot'}`,
  expected: of.code === 0 ? `done: ${of.status}, and no dot is sent` : 'refused in words: it may be out already',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: of.place, times: [1, 1], do: { delayMs: 2_500 } }] });
    const installed = await scene.install(sink, { messages: 1 });
    const { id } = (await scene.messages(installed))[0]!;
    const started = installed.outbox.start(['run', '--until-empty']);
    await sink.reached(of.place, 1);
    const { code, stdout } = await scene.run(installed, [of.verb, id]);
    scene.equal(code, of.code, 'exit code');
    if (of.code !== 0) scene.must(/not done/.test(stdout), 'it does not say that it was not done');
    await scene.ended(started, 'run');
    await scene.mustCount(installed, { [of.status]: 1 }, 'at the end');
    scene.equal((await sink.seen()).entries.length, of.dots, 'dots');
    const events = await scene.withStore(installed, (store) => store.events.of('message', id));
    if (of.code === 0)
      scene.must(
        events.some(({ what, by }) => what === of.verb && by !== ''),
        'the history has no line of it',
      );
    if (!of.afterwards) return;
    await scene.run(installed, [of.afterwards, id]);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 1 }, 'let go again');
  },
});

const manyPeople: Scenario = {
  number: 42,
  fault: 'six people at once hold, release, cancel and retry 60 messages while they go out',
  expected: 'each command is done or refused; nothing lost, nothing twice, the history has no gap',
  async run(scene, { seed }) {
    const random = seeded(seed);
    const sink = await scene.sink({ dotDelayMs: 30 });
    const installed = await scene.install(sink, { messages: 60, limits: 'connections: 2' });
    const ids = (await scene.messages(installed)).map(({ id }) => id);
    const started = installed.outbox.start(['run']);
    const pick = (): string[] => ids.filter(() => random() < 0.3);
    for (let round = 0; round < 3; round++) {
      const verbs = ['hold', 'release', 'cancel', 'retry', 'hold', 'release'].map((verb) =>
        installed.outbox.run(verb, ...pick()),
      );
      for (const { code, stderr } of await Promise.all(verbs)) {
        if (code !== 0 && code !== 1) scene.wrong.push(`a command ended with ${code}: ${stderr.slice(0, 120)}`);
      }
    }
    started.child.kill('SIGTERM');
    await scene.ended(started, 'run', 20_000);
    await scene.run(installed, ['release', '--status', 'held']);
    await scene.send(installed);
    const counts = await scene.counts(installed);
    scene.equal((counts['released'] ?? 0) + (counts['cancelled'] ?? 0), 60, 'released and cancelled');
    scene.saw(`${counts['released']} released, ${counts['cancelled'] ?? 0} cancelled`);
  },
};

const copied: Scenario = {
  number: 43,
  fault: 'the data folder is copied with messages in it, and the copy is started too',
  expected: 'the copy starts paused and says so: nothing goes out twice',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink);
    const copy = await newOutbox({ after: (end: () => unknown) => scene.after(end) });
    await cp(installed.outbox.data, copy.data, { recursive: true });
    await scene.send(installed);
    const { code, stderr } = await copy.run('run', '--until-empty');
    scene.equal(code, 3, 'exit code of the copy');
    scene.must(/paused|copy|cop(y|ied)|restored|clone/i.test(stderr), 'the copy does not say what it is');
    await scene.mustCount(installed, { released: 5 }, 'at the end');
  },
};

const restored: Scenario = {
  number: 43,
  fault: 'a backup from before the run is restored after it',
  expected: 'it starts paused and says so: nothing goes out twice',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink);
    const file = join(installed.outbox.folder, 'backup');
    const made = await scene.run(installed, ['backup', file]);
    scene.must(made.code === 0, `outbox backup: ${made.stderr.trim().split('\n')[0]}`);
    await scene.send(installed);
    if (made.code !== 0) return;
    const fresh = await newOutbox({ after: (end: () => unknown) => scene.after(end) });
    scene.equal((await fresh.run('restore', file)).code, 0, 'exit code of restore');
    scene.equal((await fresh.run('run', '--until-empty')).code, 3, 'exit code of the restored one');
  },
};

export const peopleFaults: Scenario[] = [
  during({ verb: 'cancel', place: 'rcpt', code: 0, status: 'cancelled', dots: 0 }),
  during({ verb: 'hold', place: 'rcpt', code: 0, status: 'held', dots: 0, afterwards: 'release' }),
  during({ verb: 'retry', place: 'rcpt', code: 1, status: 'released', dots: 1 }),
  during({ verb: 'cancel', place: 'dot', code: 1, status: 'released', dots: 1 }),
  during({ verb: 'hold', place: 'dot', code: 1, status: 'released', dots: 1 }),
  during({ verb: 'release', place: 'dot', code: 1, status: 'released', dots: 1 }),
  manyPeople,
  copied,
  restored,
];
