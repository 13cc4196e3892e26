// Twenty callers of intake in one process with a running worker, as a service with a way in over the network would be; each call
// hands over one document and returns when it is durable. Arguments: data folder, manifest's folder, count. Ends with SIGTERM.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { rawOf } from '../../src/desk/raw-settings.ts';
import { checkSettings } from '../../src/config/check-settings.ts';
import { runWorker } from '../../src/dispatch/worker.ts';
import { commandRun } from '../../src/intake/command-run.ts';
import type { IntakeParts } from '../../src/intake/parts.ts';
import { takeIn } from '../../src/intake/take-in.ts';
import type { SmtpSettings } from '../../src/message/settings.ts';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import { newId } from '../../src/store/id.ts';
import { openStore } from '../../src/store/store.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { inParallel } from './load.ts';

const [data, folder, count] = process.argv.slice(2) as [string, string, string];
const submitters = 20;
const store = await openStore(join(data, 'outbox.db'));
const files = openDiskFiles(join(data, 'files'));
const settings = checkSettings(await rawOf(store));

const stop = new AbortController();
const wayOut = settings.transports['sink'] as SmtpSettings;
const parts = { password: () => Promise.resolve(null), ehloName: 'bench.acme.example', debug: null };
const lock = await store.workers.begin(Date.now());
const working = runWorker({
  store,
  files,
  waysOut: [{ transport: createSmtpTransport(wayOut, parts), limits: wayOut.limits, digest: 'bench' }],
  worker: lock.id,
  now: Date.now,
  random: Math.random,
  failpoint: () => {},
  onceMore: [],
  untilEmpty: false,
  limit: Number.POSITIVE_INFINITY,
  signal: stop.signal,
  onSettled: () => {},
});

const intake: IntakeParts = {
  store,
  files,
  settings,
  by: 'bench',
  now: Date.now,
  newSeed: () => randomBytes(16).toString('hex'),
  newId,
};

async function submit(number: number): Promise<void> {
  const request = {
    type: 'invoice',
    number: String(number),
    customer: `C${number}`,
    email: [`c${number}@abf.example`],
  };
  const run = commandRun([join(folder, `${number}.pdf`)], { ...request, hold: false, notBefore: null });
  const { messages, refused } = await takeIn(run, intake, { dryRun: false });
  if (messages.length !== 1) throw new Error(`document ${number}: ${JSON.stringify(refused)}`);
}

process.stderr.write('ready\n');
const stopped = once(process, 'SIGTERM');
await inParallel(1, Number(count), submitters, submit);
process.stderr.write('submitted\n');
await stopped;
stop.abort();
await working;
await lock.release();
await store.close();
process.exit();
