// Twenty parallel submitters, each hands over one document and is answered only when it is durable, until the sink has all;
// against Postfix, which is given the same by SMTP.
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder, type Scope } from '../test/support/daemon.ts';
import { startNode } from './support/child.ts';
import { interleave, type Measured } from './support/figures.ts';
import type { Options } from './support/options.ts';
import { allReleased, newInstallation, settingsYaml, writeBatch } from './support/outbox-program.ts';
import { startRelay } from './support/postfix-relay.ts';
import { isRoot, NotPossible, postfixProgram } from './support/programs.ts';
import { compareCpu, compareRates, type Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { type Sink, startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';

const documentsUsual = 5_000;

interface Place {
  folder: string;
  sink: Sink;
  messages: number;
}

/** Intake and worker in one process; until everything is released in the tables. */
async function outbox({ folder, sink, messages }: Place): Promise<Measured> {
  const data = join(folder, 'data');
  await newInstallation(data, settingsYaml(sink.port, 'connections: 20'));
  await sink.begin();
  const program = join(import.meta.dirname, 'support/submitters.ts');
  const running = startNode([program, data, join(folder, 'run'), String(messages)]);
  await running.says(/ready/);
  const from = performance.now();
  await running.says(/submitted/);
  const submittedMs = performance.now() - from;
  await sink.has(messages);
  await allReleased(data, messages);
  const ms = performance.now() - from;
  running.stop();
  const { cpuMs, peakMb } = await running.end;
  await sink.check(messages);
  await rm(data, { recursive: true });
  console.error(`  all submitted after ${(submittedMs / 1_000).toFixed(2)} s`);
  return { messages, ms, cpuMs, peakMb };
}

async function all(scope: Scope, { rounds, documents }: Options): Promise<Result[]> {
  if (!existsSync(postfixProgram) || !isRoot()) throw new NotPossible('needs Postfix, and root to start it');
  const messages = documents ?? documentsUsual;
  const folder = await openFolder(scope);
  const sink = await startSink(scope);
  await writeBatch(join(folder, 'run'), messages, sizes.usual);
  const relay = await startRelay(scope, folder, sink, sizes.usual);
  const runs = await interleave(rounds, {
    outbox: () => outbox({ folder, sink, messages }),
    Postfix: async () => {
      await sink.begin();
      const measured = await relay.relay(messages);
      await sink.check(messages);
      return measured;
    },
  });
  const what = '20 submitters of one document each, 60 KB, durable before the answer';
  const compared = { what, outbox: runs['outbox']!, peer: 'Postfix', against: runs['Postfix']! };
  return [compareRates({ ...compared, goal: 7, floor: 4 }), compareCpu({ ...compared, goal: 10 })];
}

export const submit = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
