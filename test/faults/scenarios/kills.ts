// Faults 18 to 20: the program itself dies, stands still, or is asked to end.
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { writeManifest } from '../../support/outbox.ts';
import { endLeases, newDatabase, noPostgres } from '../database-server.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Scenario } from '../scenario.ts';
import type { Installed, Scene } from '../scene.ts';
import { seeded } from '../sink/plan.ts';
import type { Sink } from '../sink/start.ts';

const connections = 4;
const limits = `connections: ${connections}`;

/** Messages of whom nobody can know now whether they arrive. */
export const inTheAir = async (store: Store): Promise<number> =>
  (await store.messages.find({ status: 'sending' })).filter(({ phase }) => phase === 'committing').length;

const waiting = async (store: Store): Promise<number> =>
  (await store.messages.counts(null)).reduce((sum, { status, count }) => sum + (status === 'queued' ? count : 0), 0);

const failpoint = (place: string): Scenario => ({
  number: 18,
  fault: `kill -9 at ${place}`,
  expected: place.endsWith('W1')
    ? 'nothing, or everything, was taken in; all go out once'
    : `what had no dot goes out once; ${connections} uncertain at most`,
  async run(scene) {
    const sink = await scene.sink({ dotDelayMs: 2 });
    const installed = await scene.install(sink, { messages: 0, limits });
    if (place.endsWith('W1')) installed.env['OUTBOX_FAILPOINT'] = place;
    await scene.import(installed, 40).catch(() => {});
    delete installed.env['OUTBOX_FAILPOINT'];
    if (place.endsWith('W1')) await scene.import(installed, 40);
    else {
      const killed = await scene.send(installed, { OUTBOX_FAILPOINT: place });
      scene.equal(killed.signal, 'SIGKILL', 'how it ended');
    }
    await scene.send(installed);
    const counts = await scene.counts(installed);
    const uncertain = counts['uncertain'] ?? 0;
    scene.must(uncertain <= connections, `${uncertain} are uncertain`);
    scene.equal((counts['released'] ?? 0) + uncertain, 40, 'released and uncertain');
  },
});

/** One run of the worker, killed at a moment nobody planned. @returns messages that were in the air */
async function killOnce(
  scene: Scene,
  installed: Installed,
  sink: Sink,
  store: Store,
  random: () => number,
): Promise<number> {
  const goal = (await sink.times('mail')) + 1 + Math.floor(random() * 12);
  const started = installed.outbox.start(['run', '--until-empty'], installed.env);
  await Promise.race([sink.reached('mail', goal), started.ended]);
  await wait(random() * 12);
  started.child.kill('SIGKILL');
  const { signal } = await started.ended;
  if (signal !== 'SIGKILL') return -1;
  const inAir = await inTheAir(store);
  scene.must(inAir <= connections, `${inAir} in the air over ${connections} connections at a kill`);
  return inAir;
}

interface Killed {
  kills: number;
  released: number;
  uncertain: number;
  /** Of the uncertain ones. */
  arrived: number;
}

/** So many kills on one data folder. */
async function killOften(scene: Scene, kills: number, seed: number): Promise<Killed> {
  const random = seeded(seed);
  const sink = await scene.sink({ dotDelayMs: 2, seed });
  const installed = await scene.install(sink, { messages: 0, limits });
  let inAir = 0;
  await scene.withStore(installed, async (store) => {
    for (let done = 0, batch = 0; done < kills;) {
      if ((await waiting(store)) < 60) await importMore(scene, installed, ++batch, 400);
      const found = await killOnce(scene, installed, sink, store, random);
      if (found < 0) continue;
      done++;
      inAir += found;
    }
  });
  await scene.send(installed);
  const { released = 0, uncertain = 0 } = await scene.counts(installed);
  scene.equal(uncertain, inAir, 'uncertain at the end, and in the air at the kills');
  const kept = (await sink.seen()).entries.filter((entry) => entry.kept).length;
  return { kills, released, uncertain, arrived: kept - released };
}

/** On one data folder at most: the next folder begins afresh. */
const killsOfFolder = 50;

const randomKills: Scenario = {
  number: 18,
  fault: 'kill -9 at random moments while it sends, again and again',
  expected: `nothing lost, nothing twice, ${connections} uncertain at most for every kill`,
  alone: true,
  async run(scene, { kills, seed }) {
    const folders = Array.from({ length: Math.ceil(kills / killsOfFolder) }, (_, at) => ({
      seed: seed * 1_000 + at,
      kills: Math.min(killsOfFolder, kills - at * killsOfFolder),
    }));
    const ends: Killed[] = [];
    const lane = async (): Promise<void> => {
      for (let next = folders.shift(); next; next = folders.shift())
        ends.push(await killOften(scene, next.kills, next.seed));
    };
    await Promise.all([lane(), lane()]);
    const sum = (of: (end: Killed) => number): number => ends.reduce((total, end) => total + of(end), 0);
    scene.saw(
      `${sum((end) => end.kills)} kills; ${sum((end) => end.released)} released, ${sum((end) => end.uncertain)} uncertain, of which ${sum((end) => end.arrived)} had arrived`,
    );
  },
};

/** The same documents under other numbers. */
async function importMore(scene: Scene, installed: Installed, batch: number, messages: number): Promise<void> {
  const folder = `${installed.outbox.folder}/batch-${batch}`;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}/one.txt`, `Invoices of batch ${batch}\n`);
  const rows = ['file,type,number,customer,email'];
  for (let row = 1; row <= messages; row++) rows.push(`one.txt,invoice,${batch}-${row},C${row},c${row}@abf.example`);
  await writeFile(`${folder}/manifest.csv`, `${rows.join('\n')}\n`);
  const { code, stderr } = await scene.run(installed, ['import', `${folder}/manifest.csv`]);
  if (code !== 0) throw new Error(`import: ${stderr}`);
  scene.taken += messages;
}

const killedIntake: Scenario = {
  number: 18,
  fault: 'kill -9 at 15 random moments of an import of 300 documents',
  expected: 'nothing or everything is taken in; the same import again takes what is missing, nothing twice',
  async run(scene, { seed }) {
    const random = seeded(seed);
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0 });
    const manifest = await writeManifest(installed.outbox, 300);
    let ended = 0;
    for (let kill = 0; kill < 15; kill++) {
      const started = installed.outbox.start(['import', manifest], installed.env);
      await wait(200 + random() * 500);
      started.child.kill('SIGKILL');
      if ((await started.ended).signal === null) ended++;
      const there = (await scene.messages(installed)).length;
      scene.must(there === 0 || there === 300, `${there} of 300 are there`);
    }
    await scene.import(installed, 300);
    scene.saw(`${15 - ended} killed before their end`);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 300 }, 'at the end');
  },
};

const frozenWorker = (
  place: 'rcpt' | 'dot',
  fault: string,
  expected: string,
  status: 'released' | 'uncertain',
): Scenario => ({
  number: 19,
  fault,
  expected,
  impossible: noPostgres,
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: place, times: [1, 1], do: { delayMs: 2_500 } }] });
    const installed = await scene.install(sink, { messages: 10, limits, env: await newDatabase() });
    const first = installed.outbox.start(['run', '--until-empty'], installed.env);
    await sink.reached(place, 1);
    first.child.kill('SIGSTOP');
    await endLeases(installed);
    await scene.send(installed);
    const seen = (await scene.messages(installed)).map((message) => message.status);
    scene.equal(
      seen.filter((one) => one === status).length,
      status === 'released' ? 10 : 1,
      `${status} while the first stands still`,
    );
    await wait(2_600);
    first.child.kill('SIGCONT');
    const woken = await scene.ended(first, 'run (woken)');
    scene.saw(`the woken worker ended with ${woken.code}`);
    if (status === 'uncertain') scene.equal((await scene.counts(installed))['released'], 10, 'released in the end');
  },
});

const killedOfThree: Scenario = {
  number: 19,
  fault: 'three workers on PostgreSQL, one is killed with -9, its leases run out',
  expected: 'the others take over: nothing lost, nothing twice, its connections uncertain at most',
  impossible: noPostgres,
  async run(scene) {
    const sink = await scene.sink({ dotDelayMs: 10 });
    const installed = await scene.install(sink, { messages: 300, limits, env: await newDatabase() });
    const workers = [1, 2, 3].map(() => installed.outbox.start(['run', '--until-empty'], installed.env));
    await sink.reached('dot', 60);
    workers[0]!.child.kill('SIGKILL');
    await Promise.all(workers.map((worker) => scene.ended(worker, 'run')));
    await endLeases(installed);
    await scene.send(installed);
    const counts = await scene.counts(installed);
    scene.must((counts['uncertain'] ?? 0) <= connections, `${counts['uncertain']} are uncertain`);
    scene.equal((counts['released'] ?? 0) + (counts['uncertain'] ?? 0), 300, 'released and uncertain');
  },
};

const asked: Scenario = {
  number: 20,
  fault: 'SIGTERM while four dots wait for their answer (1 s)',
  expected: 'what is at its dot is finished, the rest waits; ended with 0; the next run goes on',
  async run(scene) {
    const sink = await scene.sink({ dotDelayMs: 1_000 });
    const installed = await scene.install(sink, { messages: 40, limits });
    const started = installed.outbox.start(['run', '--until-empty'], installed.env);
    await sink.reached('dot', 4);
    started.child.kill('SIGTERM');
    const { code, signal } = await scene.ended(started, 'run', 20_000);
    scene.must(signal === null, `it was ended by ${signal}`);
    scene.saw(`exit code ${code}`);
    const counts = await scene.counts(installed);
    scene.equal(Object.keys(counts).toSorted(), ['queued', 'released'], 'statuses after SIGTERM');
    await sink.plan();
    await scene.send(installed);
    await scene.mustCount(installed, { released: 40 }, 'at the end');
  },
};

const askedInSilence: Scenario = {
  number: 20,
  fault: 'SIGTERM while the answer to a dot never comes',
  expected: 'it waits 30 s at most, then that one is uncertain and the program ends',
  async run(scene) {
    const sink = await scene.sink({
      rules: [{ at: 'dot', times: [3, 3], do: { silent: true, stall: true, keep: true } }],
    });
    const installed = await scene.install(sink, { messages: 10, limits: 'connections: 1' });
    const started = installed.outbox.start(['run', '--until-empty'], installed.env);
    await sink.reached('dot', 3);
    started.child.kill('SIGTERM');
    await scene.ended(started, 'run', 40_000);
    await sink.plan();
    await scene.send(installed);
    await scene.mustCount(installed, { released: 9, uncertain: 1 }, 'at the end');
  },
};

export const killFaults: Scenario[] = [
  ...['before-W1', 'W1', 'W2:1', 'W2:3', 'W3:1', 'W3:7', 'answered:1', 'answered:9', 'W4:1', 'W4:11'].map(failpoint),
  randomKills,
  killedIntake,
  frozenWorker(
    'rcpt',
    'a worker on PostgreSQL stands still before the dot (SIGSTOP), its lease runs out, it wakes up',
    'another takes over; the woken one is refused at W3 and sends no dot: one copy each',
    'released',
  ),
  frozenWorker(
    'dot',
    'a worker on PostgreSQL stands still after the dot (SIGSTOP), its lease runs out, it wakes up',
    'uncertain until the woken one brings the answer that it had; never sent again by itself: one copy each',
    'uncertain',
  ),
  killedOfThree,
  asked,
  askedInSilence,
];
