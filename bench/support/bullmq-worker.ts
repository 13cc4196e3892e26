// Worker of the BullMQ peer: sends by nodemailer's pool. Says when all are done; ends with SIGTERM.
// Arguments: folder of BullMQ, port of Redis, port of the sink, count.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createTransport } from 'nodemailer';
import { connectionTo, loadBullMq, queueName } from './bullmq-package.ts';
import { mail } from './nodemailer-sender.ts';

const [packages, port, sinkPort, count] = process.argv.slice(2) as [string, string, string, string];
const connections = 20;
const transport = createTransport({
  host: '127.0.0.1',
  port: Number(sinkPort),
  secure: false,
  ignoreTLS: true,
  pool: true,
  maxConnections: connections,
  maxMessages: Number.POSITIVE_INFINITY,
});

const { Worker } = loadBullMq(packages);
const worker = new Worker(
  queueName,
  async ({ data: { number, document } }) => {
    const bytes = 'file' in document ? await readFile(document.file) : Buffer.from(document.base64, 'base64');
    await transport.sendMail(mail(number, bytes));
  },
  // As many again wait, so that a connection never waits for a document.
  { ...connectionTo(port), concurrency: connections * 2 },
);
let done = 0;
worker.on('completed', () => {
  if (++done === Number(count)) process.stderr.write('all done\n');
});
worker.on('failed', (_, error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
await worker.waitUntilReady();
process.stderr.write('ready\n');
await once(process, 'SIGTERM');
await worker.close();
transport.close();
process.exit();
