// BullMQ, installed in a folder of its own when a bench wants it: it is no dependency of Outbox. What we use of it has its types here.
import { execFile } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NotPossible } from './programs.ts';

/** How intake is built: as most begin, or as one who has measured it. */
export type Intake = 'documents in the jobs' | 'documents in files';

/** What a job holds of its message. */
export interface JobContent {
  number: number;
  /** Path of the document, or the document itself in base64. */
  document: { file: string } | { base64: string };
}

interface Queue {
  add(name: string, data: JobContent): Promise<unknown>;
  addBulk(jobs: readonly { name: string; data: JobContent }[]): Promise<unknown>;
  close(): Promise<void>;
}

interface Worker {
  on(event: 'completed', tell: () => void): unknown;
  on(event: 'failed', tell: (job: unknown, error: Error) => void): unknown;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}

interface Connection {
  connection: { host: string; port: number };
}

export interface BullMq {
  Queue: new (name: string, options: Connection) => Queue;
  Worker: new (
    name: string,
    work: (job: { data: JobContent }) => Promise<void>,
    options: Connection & { concurrency: number },
  ) => Worker;
}

export const queueName = 'outgoing';

export const connectionTo = (port: string): Connection => ({ connection: { host: '127.0.0.1', port: Number(port) } });

const pins = join(import.meta.dirname, '../bullmq');
const options = ['--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'];

/** Exactly what the lock file names, and none of its scripts is run. @throws NotPossible when npm can not get it */
export async function installBullMq(folder: string): Promise<void> {
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(pins, name), join(folder, name));
  try {
    await promisify(execFile)('npm', ['ci', ...options], { cwd: folder });
  } catch (error) {
    throw new NotPossible(`npm could not install BullMQ: ${(error as Error).message}`);
  }
}

/** @param folder of `installBullMq` */
export const loadBullMq = (folder: string): BullMq => createRequire(join(folder, 'package.json'))('bullmq') as BullMq;
