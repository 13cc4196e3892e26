// A service that is throttled like Exchange Online (30 messages a minute, 3 connections, 432 beyond), its clock made faster: how
// much of the allowance is used, and whether anything was refused.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder, type Scope } from '../test/support/daemon.ts';
import { median, rounded } from './support/figures.ts';
import type { Options } from './support/options.ts';
import { newInstallation, sendBatch, settingsYaml, writeBatch } from './support/outbox-program.ts';
import type { Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';

const perMinute = 30;
const connections = 3;
const messagesUsual = 100;

interface Run {
  /** Share of the allowed rate. */
  used: number;
  refused: number;
}

async function once(scope: Scope, folder: string, manifest: string, messages: number, speed: number): Promise<Run> {
  const windowMs = 60_000 / speed;
  const sink = await startSink(scope, { allowance: { messages: perMinute, windowMs, connections } });
  const data = join(folder, 'data');
  await newInstallation(data, settingsYaml(sink.port, `connections: ${connections}, perMinute: ${perMinute * speed}`));
  await sendBatch(data, manifest, messages, sink);
  await sink.check(messages);
  await rm(data, { recursive: true });
  const { firstAt, lastAt, refused } = await sink.state();
  const shortestMs = ((messages - 1) * windowMs) / perMinute;
  return { used: shortestMs / (lastAt - firstAt), refused };
}

async function all(scope: Scope, { rounds, documents, speed }: Options): Promise<Result[]> {
  const messages = documents ?? messagesUsual;
  const folder = await openFolder(scope);
  const manifest = await writeBatch(join(folder, 'run'), messages, sizes.usual);
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    const run = await once(scope, folder, manifest, messages, speed);
    runs.push(run);
    console.error(`  round ${round + 1}: ${(run.used * 100).toFixed(1)} % of the allowed rate, ${run.refused} refused`);
  }
  const used = median(runs.map((run) => run.used)) * 100;
  const refused = Math.max(...runs.map((run) => run.refused));
  const what = `${messages} messages to a service that takes ${perMinute} a minute (clock ${speed} times as fast)`;
  return [
    {
      what,
      outbox: `${rounded(used)} % of the allowed rate`,
      peer: '',
      value: used,
      unit: '%',
      goal: 98,
      floor: 95,
      wanted: 'at least',
    },
    {
      what,
      outbox: `${refused} refused`,
      peer: '',
      value: refused,
      unit: 'refused',
      goal: 0,
      floor: 0,
      wanted: 'at most',
    },
  ];
}

export const throttled = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
