// The soak: the service at full speed with one message in twenty meeting a fault; memory and open files watched, ledgers compared.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { closedBreaker } from '../../src/store/transports.ts';
import type { Installed, Scene } from './scene.ts';
import type { Action, Place, Rule } from './sink/plan.ts';

/** Together one in twenty. */
const mixed: [Place, number, Action][] = [
  ['greeting', 0.01, { say: '421 4.3.2 too busy' }],
  ['mail', 0.005, { close: 'rst' }],
  ['mail', 0.0025, { say: '421 4.4.2 session too long', close: 'fin' }],
  ['rcpt', 0.005, { say: '550 5.1.1 no such user' }],
  ['rcpt', 0.005, { say: '450 4.2.1 mailbox busy' }],
  ['rcpt', 0.0025, { close: 'fin' }],
  ['data', 0.0025, { close: 'rst' }],
  ['content', 0.0025, { share: 0.5, close: 'rst' }],
  ['dot', 0.005, { close: 'rst', keep: true }],
  ['dot', 0.005, { close: 'fin', keep: false }],
  ['dot', 0.005, { say: '451 4.3.0 try later' }],
  ['dot', 0.0025, { say: '554 5.6.0 bad content' }],
  ['dot', 0.0025, { raw: '250 2.0.0 kept\r\n421 4.3.2 going down\r\n', close: 'fin', keep: true }],
  ['dot', 0.0025, { delayMs: 500 }],
];

interface Sample {
  seconds: number;
  megabytes: number;
  files: number;
  kept: number;
}

function look(pid: number): Pick<Sample, 'megabytes' | 'files'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  return { megabytes, files: readdirSync(`/proc/${pid}/fd`).length };
}

async function takeIn(scene: Scene, installed: Installed, batch: number, count: number): Promise<void> {
  const folder = `${installed.outbox.folder}/batch-${batch}`;
  await mkdir(folder, { recursive: true });
  const rows = ['file,type,number,customer,email'];
  for (let row = 1; row <= count; row++) {
    if (row <= 20) await writeFile(`${folder}/${row}.txt`, `Invoice ${batch}\n`.repeat(200 * row));
    rows.push(`${(row % 20) + 1}.txt,invoice,${batch}-${row},C${row},c${row}@abf.example`);
  }
  await writeFile(`${folder}/manifest.csv`, `${rows.join('\n')}\n`);
  const { code, stderr } = await scene.run(installed, ['import', `${folder}/manifest.csv`]);
  if (code !== 0) throw new Error(`import: ${stderr}`);
  scene.taken += count;
}

/** What a person would do after `outbox test`: the soak is about speed, and a pause of a minute for every fault is none. */
const closeBreaker = (scene: Scene, installed: Installed): Promise<number> =>
  scene.withStore(installed, async (store) => {
    const state = await store.transports.state('office');
    if (state.breaker !== 'closed')
      await store.transports.setBreaker({ ...closedBreaker('office'), settings: state.settings });
    return (await store.messages.counts(null)).reduce(
      (sum, { status, count }) => sum + (status === 'queued' ? count : 0),
      0,
    );
  });

const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0;

/** The last third against the third before it: what grows without end shows there, what warms up at the start does not. */
function mustBeFlat(scene: Scene, samples: readonly Sample[]): void {
  const third = Math.floor(samples.length / 3);
  const [before, last] = [samples.slice(third, 2 * third), samples.slice(2 * third)];
  for (const [what, of, slack] of [
    ['MB of memory', ({ megabytes }: Sample) => megabytes, 30],
    ['open files', ({ files }: Sample) => files, 8],
  ] as const) {
    const [a, b] = [median(before.map(of)), median(last.map(of))];
    scene.must(b <= a * 1.15 + slack, `${what} grow: ${a}, then ${b}`);
  }
}

/** @param tell is given every sample as a line */
export async function soak(scene: Scene, minutes: number, seed: number, tell: (line: string) => void): Promise<void> {
  const rules = mixed.map(([at, odds, action]): Rule => ({ at, odds, do: action }));
  const sink = await scene.sink({ rules, seed });
  const installed = await scene.install(sink, { messages: 0, limits: 'connections: 8' });
  const service = installed.outbox.start(['start', '--role', 'worker']);
  const from = performance.now();
  const samples: Sample[] = [];
  const everyMs = Math.max(1_000, (minutes * 60_000) / 60);
  let next = 0;
  for (let batch = 1; performance.now() - from < minutes * 60_000;) {
    if ((await closeBreaker(scene, installed)) < 1_500) await takeIn(scene, installed, batch++, 1_000);
    if (performance.now() - from >= next) {
      next += everyMs;
      const kept = await sink.times('dot');
      const sample = { seconds: Math.round((performance.now() - from) / 1000), ...look(service.child.pid!), kept };
      samples.push(sample);
      tell(
        `${String(sample.seconds).padStart(6)} s  ${String(sample.megabytes).padStart(5)} MB  ${String(sample.files).padStart(4)} files  ${String(kept).padStart(8)} contents`,
      );
    }
    await wait(100);
  }
  service.child.kill('SIGTERM');
  const { code } = await scene.ended(service, 'start', 60_000);
  scene.equal(code, 0, 'exit code of the service');
  mustBeFlat(scene, samples);
  const cut = (await sink.seen()).entries.filter(({ said }) => said === null).length;
  const counts = await scene.counts(installed);
  scene.must(
    (counts['uncertain'] ?? 0) >= cut,
    `${cut} dots had no answer, and ${counts['uncertain'] ?? 0} are uncertain`,
  );
  const rate = Math.round((counts['released'] ?? 0) / (minutes * 60));
  const last = samples.at(-1)!;
  scene.saw(
    `${Object.entries(counts)
      .map(([status, count]) => `${count} ${status}`)
      .join(', ')}; ${rate} a second; ${last.megabytes} MB and ${last.files} files at the end`,
  );
}
