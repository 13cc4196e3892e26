// The program as people use it: settings, the service, a batch by manifest, until every message is released in the tables.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore } from '../../src/store/store.ts';
import { type Running, startNode } from './child.ts';
import { pdfMaker } from './documents.ts';
import type { Measured } from './figures.ts';
import type { Sink } from './sink.ts';

const program = join(import.meta.dirname, '../../bin/outbox.js');

export const settingsYaml = (
  port: number,
  limits: string,
): string => `company: { code: ACME, name: Acme Petroleum, email: billing@acme.example }
documentTypes:
  invoice:
    name: Invoice
    fileName: "Invoice {{ document.number }}.pdf"
    email:
      subject: "Invoice {{ document.number }} from {{ company.name }}"
      note: "Please find invoice {{ document.number }} attached."
      transport: sink
transports:
  sink: { kind: smtp, host: 127.0.0.1, port: ${port}, tls: none, messagesPerConnection: 100000, limits: { ${limits} } }
`;

export const outboxCommand = (data: string, ...args: string[]): Running =>
  // With the option of bin/outbox.js, which an old Node hands over with.
  startNode(['--max-semi-space-size=8', program, '--data', data, ...args]);

/** A new data folder with these settings. */
export async function newInstallation(data: string, yaml: string): Promise<void> {
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const file = join(data, 'settings.yaml');
  await writeFile(file, yaml);
  await outboxCommand(data, 'apply', file).end;
}

/** @returns path of a manifest beside its documents, each with bytes and an address of its own */
export async function writeBatch(folder: string, count: number, bytes: number): Promise<string> {
  const make = pdfMaker(bytes);
  const rows = ['file,type,number,customer,email'];
  await mkdir(folder, { recursive: true });
  for (let number = 1; number <= count; number++) {
    await writeFile(join(folder, `${number}.pdf`), make(number));
    rows.push(`${number}.pdf,invoice,${number},C${number},c${number}@abf.example`);
  }
  const manifest = join(folder, 'manifest.csv');
  await writeFile(manifest, `${rows.join('\n')}\n#total,${count},\n`);
  return manifest;
}

const pollMs = 10;
const patienceMs = 60_000;

/** Resolves when so many messages are released, as the tables say. @throws with the counts when they are not in time */
export async function allReleased(data: string, wanted: number): Promise<void> {
  const store = await openStore(join(data, 'outbox.db'));
  const from = performance.now();
  /** By the index of what waits: a look must not cost what is measured. */
  const isWaiting = async (): Promise<boolean> => (await store.queue.nextDueAt(['sink'])) !== null;
  try {
    for (;;) {
      if (!(await isWaiting())) {
        const counts = await store.messages.counts(null);
        if (counts.find(({ status }) => status === 'released')?.count === wanted) return;
      }
      if (performance.now() - from > patienceMs) throw new Error(`${wanted} were not released in time`);
      await wait(pollMs);
    }
  } finally {
    await store.close();
  }
}

export interface WholeWay extends Measured {
  importMs: number;
  importPeakMb: number;
  workerPeakMb: number;
}

/**
 * As in daily work: the service runs; the time is from the start of `outbox import` until the last message is released.
 * The sink tells first: asking the tables all the time would be part of what is measured.
 */
export async function sendBatch(
  data: string,
  manifest: string,
  messages: number,
  sink: Pick<Sink, 'has'>,
): Promise<WholeWay> {
  const service = outboxCommand(data, 'start', '--role', 'worker');
  await service.says(/Outbox works/);
  const from = performance.now();
  const taken = await outboxCommand(data, 'import', manifest).end;
  await sink.has(messages);
  await allReleased(data, messages);
  const ms = performance.now() - from;
  service.stop();
  const worked = await service.end;
  return {
    messages,
    ms,
    importMs: taken.ms,
    cpuMs: taken.cpuMs + worked.cpuMs,
    peakMb: Math.max(taken.peakMb, worked.peakMb),
    importPeakMb: taken.peakMb,
    workerPeakMb: worked.peakMb,
  };
}

/** `sendBatch` with a new data folder, which is removed again. */
export async function sendBatchAnew(
  data: string,
  manifest: string,
  messages: number,
  sink: Pick<Sink, 'has' | 'port'>,
  limits: string,
): Promise<WholeWay> {
  await newInstallation(data, settingsYaml(sink.port, limits));
  const measured = await sendBatch(data, manifest, messages, sink);
  await rm(data, { recursive: true });
  console.error(`  intake ${(measured.importMs / 1_000).toFixed(2)} s`);
  return measured;
}
