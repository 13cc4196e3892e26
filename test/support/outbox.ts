// The program as a user starts it: in a process of its own, on a data folder of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openStore, type Store } from '../../src/store/store.ts';
import { temporaryFolder } from './temporary.ts';

const program = join(import.meta.dirname, '../../bin/outbox.js');

export interface Ended {
  /** Null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** The stdout of a command with --json. */
  json(): unknown;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves when stderr has this; rejects when it ends without. */
  said(words: RegExp): Promise<void>;
}

export interface Outbox {
  folder: string;
  data: string;
  start(args: readonly string[], env?: Record<string, string>): Started;
  run(...args: string[]): Promise<Ended>;
  /** As `run`, with variables of the environment. */
  runWith(env: Record<string, string>, ...args: string[]): Promise<Ended>;
  /** The same data folder, read by the test itself. */
  store(): Promise<Store>;
}

function startProgram(cwd: string, args: readonly string[], env: Record<string, string>): Started {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, NODE_V8_COVERAGE: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      // latin1 would lose nothing of a mail; what people read is UTF-8.
      const text = Buffer.concat(stdout).toString('utf8');
      const error = Buffer.concat(stderr).toString('utf8');
      resolve({ code, signal, stdout: text, stderr: error, json: () => JSON.parse(text) as unknown });
    });
  });
  const said = (words: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (words.test(Buffer.concat(stderr).toString('utf8'))) resolve();
      };
      child.stderr.on('data', look);
      child.once('close', () => reject(new Error(`it never said ${words}`)));
      look();
    });
  return { child, ended, said };
}

/** An empty data folder. */
export async function newOutbox(t: Pick<TestContext, 'after'>): Promise<Outbox> {
  const folder = await temporaryFolder(t);
  const data = join(folder, 'data');
  const start = (args: readonly string[], env: Record<string, string> = {}): Started => {
    const started = startProgram(folder, ['--data', data, ...args], env);
    t.after(() => void started.child.kill('SIGKILL'));
    return started;
  };
  return {
    folder,
    data,
    start,
    run: (...args) => start(args).ended,
    runWith: (env, ...args) => start(args, env).ended,
    async store() {
      const store = await openStore(join(data, 'outbox.db'));
      t.after(() => store.close());
      return store;
    },
  };
}

/** Settings of a company with one type, for transports given as YAML lines. */
export const settingsYaml = (transports: string, more = ''): string => `company:
  code: ACME
  name: Acme Petroleum
  email: billing@acme.example
  country: US
  timeZone: America/Denver
documentTypes:
  invoice:
    name: Invoice
    fileName: "Invoice {{ document.number }}.pdf"
    email:
      subject: "Invoice {{ document.number }} from {{ company.name }}"
      note: "Please find invoice {{ document.number }} attached."
      transport: office
    fax:
      subject: "Invoice {{ document.number }}"
      note: "Invoice {{ document.number }} follows."
      transport: faxes
transports:
${transports}
${more}`;

/** Applies settings. @throws when they are refused */
export async function applySettings(outbox: Outbox, yaml: string, env: Record<string, string> = {}): Promise<void> {
  const file = join(outbox.folder, 'settings.yaml');
  await writeFile(file, yaml);
  const { code, stderr } = await outbox.runWith(env, 'apply', file);
  if (code !== 0) throw new Error(`apply: ${stderr}`);
}

/** A manifest of text documents, each to an address of its own. @returns path of the manifest */
export async function writeManifest(outbox: Outbox, count: number): Promise<string> {
  const folder = join(outbox.folder, 'run');
  await mkdir(folder, { recursive: true });
  const rows = ['file,type,number,customer,email'];
  for (let number = 1; number <= count; number++) {
    await writeFile(join(folder, `${number}.txt`), `Invoice ${number}\n`);
    rows.push(`${number}.txt,invoice,${number},C${number},c${number}@abf.example`);
  }
  const file = join(folder, 'manifest.csv');
  await writeFile(file, `${rows.join('\n')}\n#total,${count},\n`);
  return file;
}
