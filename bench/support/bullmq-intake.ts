// Intake of the BullMQ peer: documents are copied and fsynced, then queued, 200 at a time and two such groups at once.
// Arguments: folder of BullMQ, port of Redis, folder of the documents, folder for the copies, count.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionTo, type JobContent, loadBullMq, queueName } from './bullmq-package.ts';
import { inParallel } from './load.ts';

const [packages, port, folder, copies, count] = process.argv.slice(2) as [string, string, string, string, string];
const atOnce = 200;
const groups = Math.ceil(Number(count) / atOnce);

const { Queue } = loadBullMq(packages);
const queue = new Queue(queueName, connectionTo(port));

async function copy(number: number): Promise<JobContent> {
  const file = join(copies, `${number}.pdf`);
  const bytes = await readFile(join(folder, `${number}.pdf`));
  const target = await open(file, 'wx');
  await target.writeFile(bytes);
  await target.sync();
  await target.close();
  return { number, file };
}

/** The names of the copies are durable too. */
async function syncFolder(): Promise<void> {
  const opened = await open(copies);
  await opened.sync();
  await opened.close();
}

async function takeIn(group: number): Promise<void> {
  const first = (group - 1) * atOnce + 1;
  const last = Math.min(first + atOnce - 1, Number(count));
  const taken = await Promise.all(Array.from({ length: last - first + 1 }, (_, at) => copy(first + at)));
  await syncFolder();
  await queue.addBulk(taken.map((data) => ({ name: 'message', data })));
}

await inParallel(1, groups, 2, takeIn);
await queue.close();
