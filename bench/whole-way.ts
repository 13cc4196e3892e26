// The whole way, side by side: a manifest of documents to the last `released`, all durable, against nodemailer's pool, which keeps nothing.
// npm run bench [-- whole-way DOCUMENTS ROUNDS]
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore } from '../src/store/store.ts';
import { pdfMaker } from './documents.ts';

const documents = Number(process.argv[2] ?? 2_000);
const rounds = Number(process.argv[3] ?? 5);
const bytes = 60 * 1024;
const here = import.meta.dirname;
const main = join(here, '../bin/outbox.js');

interface Measured {
  ms: number;
  peakMb: number;
  cpuMs: number;
}

interface Running {
  end: Promise<Measured>;
  /** Resolves when its words match. */
  says(words: RegExp): Promise<void>;
  stop(): void;
}

function measure(args: readonly string[]): Running {
  const from = performance.now();
  const options = { stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };
  const child = spawn(process.execPath, ['--import', join(here, 'peak-memory.ts'), ...args], options);
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const end = once(child, 'close').then(([code]) => {
    const ms = performance.now() - from;
    const found = /@measured (.*)/.exec(words);
    if (code !== 0 || !found) throw new Error(`${args.join(' ')} ended with ${String(code)}:\n${words}`);
    return { ms, ...(JSON.parse(found[1]!) as Omit<Measured, 'ms'>) };
  });
  return {
    end,
    async says(wanted) {
      while (!wanted.test(words)) await once(child.stderr, 'data');
    },
    stop: () => void child.kill('SIGTERM'),
  };
}

const settings = (port: number): string => `company: { code: ACME, name: Acme Petroleum, email: billing@acme.example }
documentTypes:
  invoice:
    name: Invoice
    fileName: "Invoice {{ document.number }}.pdf"
    email:
      subject: "Invoice {{ document.number }} from {{ company.name }}"
      note: "Please find invoice {{ document.number }} attached."
      transport: sink
transports:
  sink: { kind: smtp, host: 127.0.0.1, port: ${port}, tls: none, messagesPerConnection: 100000, limits: { connections: 20 } }
`;

async function prepare(folder: string): Promise<string> {
  const make = pdfMaker(bytes);
  const rows = ['file,type,number,customer,email'];
  await mkdir(join(folder, 'run'));
  for (let number = 1; number <= documents; number++) {
    await writeFile(join(folder, 'run', `${number}.pdf`), make(number));
    rows.push(`${number}.pdf,invoice,${number},C${number},c${number}@abf.example`);
  }
  await writeFile(join(folder, 'run/manifest.csv'), `${rows.join('\n')}\n#total,${documents},\n`);
  return join(folder, 'run');
}

/** Resolves when every message is released, as the tables say. */
async function allReleased(database: string): Promise<void> {
  const store = await openStore(database);
  try {
    for (;;) {
      const counts = await store.messages.counts(null);
      const released = counts.find(({ status }) => status === 'released')?.count ?? 0;
      if (released === documents) return;
      await wait(10);
    }
  } finally {
    await store.close();
  }
}

/** As in daily work: the service runs; the time is from the start of `outbox import` until the last message is released. */
async function outbox(folder: string, round: number, port: number): Promise<Measured & { importMs: number }> {
  const data = join(folder, `data-${round}`);
  const yaml = join(folder, 'settings.yaml');
  await writeFile(yaml, settings(port));
  await measure([main, '--data', data, 'apply', yaml]).end;
  const service = measure([main, '--data', data, 'start', '--role', 'worker']);
  await service.says(/Outbox works/);
  const from = performance.now();
  const taken = await measure([main, '--data', data, 'import', join(folder, 'run/manifest.csv')]).end;
  await allReleased(join(data, 'outbox.db'));
  const ms = performance.now() - from;
  service.stop();
  const sent = await service.end;
  await rm(data, { recursive: true });
  const peakMb = Math.max(taken.peakMb, sent.peakMb);
  return { ms, importMs: taken.ms, peakMb, cpuMs: taken.cpuMs + sent.cpuMs };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const rate = (ms: number): string => `${Math.round(documents / (ms / 1000))}/s`;

const folder = await mkdtemp(join(tmpdir(), 'outbox-bench-'));
const sink = fork(join(here, 'sink.ts'));
try {
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }];
  const countTaken = async (): Promise<void> => {
    sink.send('count');
    const [{ taken }] = (await once(sink, 'message')) as [{ taken: number }];
    if (taken !== documents) throw new Error(`the sink took ${taken} of ${documents}`);
  };
  const manifest = await prepare(folder);
  const ours: (Measured & { importMs: number })[] = [];
  const theirs: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await outbox(folder, round, port));
    await countTaken();
    theirs.push(await measure([join(here, 'nodemailer-pool.ts'), String(port), manifest, String(documents)]).end);
    await countTaken();
    const [a, b] = [ours.at(-1)!, theirs.at(-1)!];
    console.log(
      `round ${round + 1}: outbox ${(a.ms / 1000).toFixed(2)} s (intake ${(a.importMs / 1000).toFixed(2)} s), ${a.peakMb} MB, CPU ${(a.cpuMs / 1000).toFixed(2)} s; ` +
        `nodemailer ${(b.ms / 1000).toFixed(2)} s, ${b.peakMb} MB, CPU ${(b.cpuMs / 1000).toFixed(2)} s; ratio ${(b.ms / a.ms).toFixed(2)}`,
    );
  }
  const [a, b] = [median(ours.map(({ ms }) => ms)), median(theirs.map(({ ms }) => ms))];
  console.log(
    `${documents} documents of ${bytes / 1024} KB, median of ${rounds}: outbox ${rate(a)}, nodemailer ${rate(b)}.`,
  );
  console.log(
    `Outbox, durable from intake to released, is ${(b / a).toFixed(2)} times as fast; at most ${Math.max(...ours.map(({ peakMb }) => peakMb))} MB.`,
  );
} finally {
  sink.disconnect();
  await rm(folder, { recursive: true, force: true });
}
