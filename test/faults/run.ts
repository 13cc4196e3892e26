// npm run faults: makes every fault of the list, one scenario after the other, and says of each what came of it.
import { writeFile } from 'node:fs/promises';
import { cpus, release, type } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkSum } from './check.ts';
import { stopPostgres } from './database-server.ts';
import type { Options, Scenario } from './scenario.ts';
import { Scene } from './scene.ts';
import { scenarios } from './scenarios/all.ts';
import { lineOf, markdownOf, type Row } from './table.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    name: { type: 'string' },
    kills: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    markdown: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
if (values.markdown && (values.only !== undefined || values.name !== undefined)) {
  console.error('The page tells of all faults: leave out --only and --name, or --markdown.');
  process.exit(2);
}
const options: Options = { kills: Number(values.kills), seed: Number(values.seed) };

const open = new Set<Scene>();

/** Disks and servers of the scenarios must not outlive an interrupted run. */
async function stop(): Promise<never> {
  await Promise.all([...open].map((scene) => scene.clean()));
  await stopPostgres();
  process.exit(130);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

/** Without what is another one in every run. */
const shown = (text: string): string =>
  text.replaceAll(/\S*outbox-test-\w+/g, '…').replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1');

async function play(scenario: Scenario): Promise<Row> {
  const { number, fault, expected } = scenario;
  const from = performance.now();
  const none = { messages: 0, lost: 0, doubled: 0, uncertain: 0 };
  const reason = await scenario.impossible?.();
  if (reason) return { number, fault, expected, happened: reason, verdict: 'not possible here', seconds: 0, ...none };
  const scene = new Scene();
  open.add(scene);
  let sum = none;
  try {
    await scenario.run(scene, options);
  } catch (error) {
    scene.wrong.push(`the scenario broke off: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`);
  }
  try {
    sum = await checkSum(scene);
  } catch (error) {
    scene.wrong.push(`the ledgers could not be compared: ${error instanceof Error ? error.message : String(error)}`);
  }
  await scene.clean();
  open.delete(scene);
  const verdict = scene.wrong.length === 0 ? 'as expected' : 'WRONG';
  const happened = shown([...scene.wrong, ...scene.notes].join('; ') || 'As it must.');
  return { number, fault, expected, happened, verdict, seconds: (performance.now() - from) / 1000, ...sum };
}

const numbers = values.only?.split(',').map(Number);
const wanted = scenarios.filter(
  ({ number, fault }) =>
    (numbers?.includes(number) ?? true) && (values.name === undefined || fault.includes(values.name)),
);
const rows = new Map<Scenario, Row>();
const playAndTell = async (scenario: Scenario): Promise<void> => {
  const row = await play(scenario);
  rows.set(scenario, row);
  console.error(lineOf(row));
};

const together = wanted.filter(({ alone }) => !alone);
await Promise.all(
  Array.from({ length: Number(values.jobs) }, async () => {
    for (let next = together.shift(); next; next = together.shift()) await playAndTell(next);
  }),
);
for (const scenario of wanted.filter(({ alone }) => alone)) await playAndTell(scenario);
await stopPostgres();

const all = wanted.map((scenario) => rows.get(scenario)!);
const wrong = all.filter(({ verdict }) => verdict === 'WRONG');
if (values.json) console.log(JSON.stringify(all));
if (values.markdown) {
  const command = ['npm run faults --', ...process.argv.slice(2)].join(' ');
  const machine = `${type()} ${release().split('-')[0]} with ${cpus().length} cores`;
  const facts = { date: new Date().toISOString().slice(0, 10), command, machine, kills: options.kills };
  await writeFile(join(import.meta.dirname, '../../docs/reliability.md'), markdownOf(all, facts));
}
const impossible = all.filter(({ verdict }) => verdict === 'not possible here').length;
console.error(
  `\n${all.length} faults: ${all.length - wrong.length - impossible} as expected, ${wrong.length} wrong, ${impossible} not possible here.`,
);
process.exit(wrong.length > 0 ? 1 : 0);
