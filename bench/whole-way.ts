// The whole way: a manifest of documents to the last `released`, all durable, against Postfix as a durable relay, and against
// nodemailer's pool, which keeps nothing.
import { join } from 'node:path';
import { openFolder, type Scope } from '../test/support/daemon.ts';
import { startNode } from './support/child.ts';
import { interleave, type Measured, peakOf } from './support/figures.ts';
import type { Options } from './support/options.ts';
import { sendBatchAnew, writeBatch } from './support/outbox-program.ts';
import { startRelay } from './support/postfix-relay.ts';
import { isRoot, isThere, postfixProgram } from './support/programs.ts';
import { compareCpu, compareRates, type Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';

/** Enough that starting a program does not rule. */
const documentsUsual = 10_000;
const connections = 20;

async function all(scope: Scope, { rounds, documents }: Options): Promise<Result[]> {
  const messages = documents ?? documentsUsual;
  const folder = await openFolder(scope);
  const sink = await startSink(scope);
  const manifest = await writeBatch(join(folder, 'run'), messages, sizes.usual);
  const counted = async (run: () => Promise<Measured>): Promise<Measured> => {
    await sink.begin();
    const measured = await run();
    await sink.check(messages);
    return measured;
  };
  const outbox = (): Promise<Measured> =>
    sendBatchAnew(join(folder, 'data'), manifest, messages, sink, `connections: ${connections}`);
  const pool = join(import.meta.dirname, 'support/nodemailer-pool.ts');
  const nodemailer = async (): Promise<Measured> => {
    const usage = await startNode([pool, String(sink.port), join(folder, 'run'), String(messages)]).end;
    return { messages, ...usage };
  };
  const relay = isThere(postfixProgram) && isRoot() ? await startRelay(scope, folder, sink, sizes.usual) : null;
  const runs = await interleave(rounds, {
    outbox: () => counted(outbox),
    nodemailer: () => counted(nodemailer),
    ...(relay ? { Postfix: () => counted(() => relay.relay(messages)) } : {}),
  });
  return judge(messages, runs);
}

function judge(messages: number, runs: Record<string, Measured[]>): Result[] {
  const what = `whole way, ${messages.toLocaleString('en')} documents of 60 KB`;
  const outbox = runs['outbox']!;
  const peak = peakOf(outbox);
  const memory = { what: `${what}, memory`, outbox: `${peak} MB`, peer: '', value: peak, unit: 'MB' };
  const results: Result[] = [
    compareRates({ what, outbox, peer: 'nodemailer (keeps nothing)', against: runs['nodemailer']!, goal: 8, floor: 5 }),
    { ...memory, goal: 200, floor: 200, wanted: 'at most' },
  ];
  const against = runs['Postfix'];
  if (!against) return results;
  const compared = { what, outbox, peer: 'Postfix', against };
  return [
    compareRates({ ...compared, goal: 8, floor: 5 }),
    compareCpu({ ...compared, goal: 10, floor: 10 }),
    ...results,
  ];
}

export const wholeWay = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
