// The whole way against what many would build: BullMQ on a Redis that syncs every write, and nodemailer's pool; all durable.
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openFolder, type Scope } from '../test/support/daemon.ts';
import { type Intake, installBullMq } from './support/bullmq-package.ts';
import { startNode, treeCpuMs } from './support/child.ts';
import { interleave, type Measured } from './support/figures.ts';
import type { Options } from './support/options.ts';
import { sendBatchAnew, writeBatch } from './support/outbox-program.ts';
import { NotPossible } from './support/programs.ts';
import { redisProgram, startRedis } from './support/redis.ts';
import { compareRates, type Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { type Sink, startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';

const documentsUsual = 5_000;
const connections = 20;
const usual: Intake = 'documents in the jobs';
const better: Intake = 'documents in files';

interface Place {
  folder: string;
  packages: string;
  sink: Sink;
  messages: number;
}

const program = (name: string): string => join(import.meta.dirname, `support/bullmq-${name}.ts`);

/** As Outbox: the worker runs; from the start of intake until the last job is done. The CPU is that of both and of Redis. */
async function bullMq(scope: Scope, intake: Intake, { folder, packages, sink, messages }: Place): Promise<Measured> {
  const redis = await startRedis(scope);
  const copies = join(folder, 'copies');
  await mkdir(copies);
  const [port, count] = [String(redis.port), String(messages)];
  const worker = startNode([program('worker'), packages, port, String(sink.port), count]);
  await worker.says(/ready/);
  const before = treeCpuMs(redis.pid);
  const from = performance.now();
  const words = [intake, packages, port, join(folder, 'run'), copies, count];
  const taken = await startNode([program('intake'), ...words]).end;
  await worker.says(/all done/);
  const ms = performance.now() - from;
  const redisMs = treeCpuMs(redis.pid) - before;
  worker.stop();
  const worked = await worker.end;
  await rm(copies, { recursive: true });
  console.error(`  intake ${(taken.ms / 1_000).toFixed(2)} s`);
  const cpuMs = taken.cpuMs + worked.cpuMs + redisMs;
  return { messages, ms, cpuMs, peakMb: Math.max(taken.peakMb, worked.peakMb) };
}

async function all(scope: Scope, { rounds, documents }: Options): Promise<Result[]> {
  if (!existsSync(redisProgram)) throw new NotPossible('needs Redis: apt-get install redis-server');
  const messages = documents ?? documentsUsual;
  const folder = await openFolder(scope);
  const packages = await openFolder(scope);
  await installBullMq(packages);
  const sink = await startSink(scope);
  const manifest = await writeBatch(join(folder, 'run'), messages, sizes.usual);
  const counted = async (run: () => Promise<Measured>): Promise<Measured> => {
    await sink.begin();
    const measured = await run();
    await sink.check(messages);
    return measured;
  };
  const place = { folder, packages, sink, messages };
  const peer = (intake: Intake) => (): Promise<Measured> => counted(() => inScope((own) => bullMq(own, intake, place)));
  const runs = await interleave(rounds, {
    outbox: () =>
      counted(() => sendBatchAnew(join(folder, 'data'), manifest, messages, sink, `connections: ${connections}`)),
    [usual]: peer(usual),
    [better]: peer(better),
  });
  const outbox = runs['outbox']!;
  return [usual, better].map((intake) => {
    const what = `whole way, ${messages.toLocaleString('en')} documents of 60 KB, ${intake}`;
    return compareRates({ what, outbox, peer: 'BullMQ and nodemailer', against: runs[intake]!, goal: 10 });
  });
}

export const bullmq = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
