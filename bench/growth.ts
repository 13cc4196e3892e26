// Growth: ever larger batches, ever larger attachments, ever more of them at once: speed stays, memory stays.
import { join } from 'node:path';
import { openFolder, type Scope } from '../test/support/daemon.ts';
import { interleave, type Measured, peakOf, rateOf, rounded } from './support/figures.ts';
import type { Options } from './support/options.ts';
import { sendBatchAnew, type WholeWay, writeBatch } from './support/outbox-program.ts';
import type { Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { type Sink, startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';

const largestUsual = 100_000;
const megabyte = 2 ** 20;
const manyConnections = 10;
const mostConnections = 100;

interface Batch {
  messages: number;
  bytes: number;
  connections: number;
}

interface Place {
  folder: string;
  sink: Sink;
}

/** The documents are written once, for all rounds. */
async function batchPeer({ folder, sink }: Place, batch: Batch): Promise<() => Promise<WholeWay>> {
  const { messages, bytes, connections } = batch;
  const manifest = await writeBatch(join(folder, `run-${messages}-${bytes}`), messages, bytes);
  return async () => {
    await sink.begin();
    const limits = `connections: ${connections}`;
    const measured = await sendBatchAnew(join(folder, 'data'), manifest, messages, sink, limits);
    await sink.check(messages);
    return measured;
  };
}

/** 1,000, 10,000, 100,000 small messages in one batch. */
async function batches(place: Place, { rounds, documents }: Options): Promise<Result[]> {
  const largest = documents ?? largestUsual;
  const counts = [largest / 100, largest / 10, largest].map(Math.ceil);
  const peers: Record<string, () => Promise<WholeWay>> = {};
  for (const messages of counts) {
    peers[messages] = await batchPeer(place, { messages, bytes: sizes.small, connections: 20 });
  }
  const runs = await interleave(rounds, peers);
  const [first, , last] = counts.map((count) => runs[count]!) as [Measured[], Measured[], Measured[]];
  const rates = counts.map((count) => rateOf(runs[count]!));
  const what = counts.map((count) => count.toLocaleString('en')).join(', ');
  const peaks = counts.map((count) => peakOf(runs[count]!));
  return [
    {
      what: `${what} messages in one batch: the largest beside the faster of the smaller`,
      outbox: rates.map((rate) => `${rounded(rate)}/s`).join(', '),
      peer: '',
      // A small batch is slow because a program starts for it: what counts is whether many slow each other down.
      value: rates.at(-1)! / Math.max(...rates.slice(0, -1)),
      unit: 'x',
      goal: 0.8,
      floor: 0.8,
      wanted: 'at least',
    },
    {
      what: `${what} messages in one batch: memory of the largest beside the smallest`,
      outbox: peaks.map((peak) => `${peak} MB`).join(', '),
      peer: '',
      value: peakOf(last) / peakOf(first),
      unit: 'x',
      goal: 1.2,
      floor: 1.2,
      wanted: 'at most',
    },
  ];
}

const workerPeak = (runs: readonly Measured[]): number =>
  Math.max(...runs.map((run) => (run as WholeWay).workerPeakMb));

const importPeak = (runs: readonly Measured[]): number =>
  Math.max(...runs.map((run) => (run as WholeWay).importPeakMb));

/** Attachments of 25 MB: what each connection costs more than with small ones. */
async function attachments(place: Place, { rounds }: Options): Promise<Result[]> {
  const batch = { messages: 3 * manyConnections, connections: manyConnections };
  const runs = await interleave(rounds, {
    small: await batchPeer(place, { ...batch, bytes: sizes.small }),
    large: await batchPeer(place, { ...batch, bytes: 25 * megabyte }),
  });
  const [small, large] = [workerPeak(runs['small']!), workerPeak(runs['large']!)];
  return [
    {
      what: `attachments of 25 MB over ${manyConnections} connections: memory of the worker for each, beyond that for 5 KB`,
      outbox: `${large} MB for 25 MB, ${small} MB for 5 KB (intake ${importPeak(runs['large']!)} MB)`,
      peer: '',
      value: (large - small) / manyConnections,
      unit: 'MB',
      goal: 2,
      floor: 2,
      wanted: 'at most',
    },
  ];
}

/** 200 messages of 20 MB, over as many connections as the settings allow. */
async function parallel(place: Place): Promise<Result[]> {
  const messages = 200;
  const runs = await interleave(1, {
    parallel: await batchPeer(place, { messages, bytes: 20 * megabyte, connections: mostConnections }),
  });
  const peak = workerPeak(runs['parallel']!);
  return [
    {
      what: `200 messages of 20 MB over ${mostConnections} connections: memory of the worker`,
      outbox: `${peak} MB (intake ${importPeak(runs['parallel']!)} MB)`,
      peer: '',
      value: peak,
      unit: 'MB',
      goal: 256,
      floor: 256,
      wanted: 'at most',
    },
  ];
}

async function all(scope: Scope, options: Options): Promise<Result[]> {
  const place = { folder: await openFolder(scope), sink: await startSink(scope) };
  return [...(await batches(place, options)), ...(await attachments(place, options)), ...(await parallel(place))];
}

export const growth = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
