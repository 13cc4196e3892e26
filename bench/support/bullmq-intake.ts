// Intake of the BullMQ peer. Documents in the jobs: each is queued by itself, 20 at once. Documents in files: they are copied and
// fsynced, then queued, 200 at a time and two such groups at once.
// Arguments: which of the two, folder of BullMQ, port of Redis, folder of the documents, folder for the copies, count.
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectionTo, type Intake, type JobContent, loadBullMq, queueName } from './bullmq-package.ts';
import { inParallel } from './load.ts';

type Words = [Intake, string, string, string, string, string];
const [intake, packages, port, folder, copies, count] = process.argv.slice(2) as Words;
const submitters = 20;
const atOnce = 200;
const groups = Math.ceil(Number(count) / atOnce);

const { Queue } = loadBullMq(packages);
const queue = new Queue(queueName, connectionTo(port));

const read = (number: number): Promise<Buffer> => readFile(join(folder, `${number}.pdf`));

async function submit(number: number): Promise<void> {
  const bytes = await read(number);
  await queue.add('message', { number, document: { base64: bytes.toString('base64') } });
}

async function copy(number: number): Promise<JobContent> {
  const file = join(copies, `${number}.pdf`);
  const bytes = await read(number);
  const target = await open(file, 'wx');
  await target.writeFile(bytes);
  await target.sync();
  await target.close();
  return { number, document: { file } };
}

/** The names of the copies are durable too. */
async function syncFolder(): Promise<void> {
  const opened = await open(copies);
  await opened.sync();
  await opened.close();
}

async function takeInGroup(group: number): Promise<void> {
  const first = (group - 1) * atOnce + 1;
  const last = Math.min(first + atOnce - 1, Number(count));
  const taken = await Promise.all(Array.from({ length: last - first + 1 }, (_, at) => copy(first + at)));
  await syncFolder();
  await queue.addBulk(taken.map((data) => ({ name: 'message', data })));
}

if (intake === 'documents in the jobs') await inParallel(1, Number(count), submitters, submit);
else await inParallel(1, groups, 2, takeInGroup);
await queue.close();
