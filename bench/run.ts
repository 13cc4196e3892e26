// npm run bench -- NAME [--rounds N] [--documents N]: runs one bench, or all of them, and prints a table for docs/performance.md.
import { bounces } from './bounces.ts';
import { bullmq } from './bullmq.ts';
import { compose } from './compose.ts';
import { distance } from './distance.ts';
import { growth } from './growth.ts';
import { relayDrain } from './relay-drain.ts';
import { sendPath } from './send-path.ts';
import { submit } from './submit.ts';
import { machineFacts } from './support/machine.ts';
import { type Bench, readOptions } from './support/options.ts';
import { NotPossible } from './support/programs.ts';
import { type Result, table } from './support/result.ts';
import { throttled } from './throttled.ts';
import { wholeWay } from './whole-way.ts';

const benches: Record<string, Bench> = {
  compose,
  'send-path': sendPath,
  distance,
  'relay-drain': relayDrain,
  'whole-way': wholeWay,
  bullmq,
  submit,
  growth,
  throttled,
  bounces,
};

const exitCode = { wrongUsage: 2, notPossible: 3 };

const usage = (text: string): never => {
  console.error(`${text}\nnpm run bench -- ${Object.keys(benches).join(' | ')} | all  [--rounds 5] [--documents N]`);
  process.exit(exitCode.wrongUsage);
};

function readArguments(): ReturnType<typeof readOptions> {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    return usage((error as Error).message);
  }
}

const { names, options } = readArguments();
const isAll = names[0] === 'all';
const wanted = isAll ? Object.keys(benches) : names.length > 0 ? names : ['whole-way'];
for (const name of wanted) if (!benches[name]) usage(`there is no bench ${name}`);

const facts = machineFacts();
console.error(facts);
const results = new Map<string, Result[]>();
for (const name of wanted) {
  try {
    results.set(name, await benches[name]!(options));
  } catch (error) {
    if (!(error instanceof NotPossible)) throw error;
    console.error(`${name}: ${error.message}`);
    process.exitCode = exitCode.notPossible;
  }
}
if (results.size > 0) console.log(`${facts}; medians of ${options.rounds}.\n\n${table(results)}`);
