// outbox demo: a throw-away sample company goes the whole way, by the same commands that anyone would use.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { OutboxError } from '../../message/errors.ts';
import type { Document, Message } from '../../message/message.ts';
import { attentionText, statusText } from '../describe.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { writeTable } from '../table.ts';

const program = fileURLToPath(new URL('../../../bin/outbox.js', import.meta.url));
/** Needs a person, or says what went wrong. */
const attention: readonly string[] = ['blocked', 'failed', 'uncertain', 'held'];

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

/** The public command, in a process of its own. */
function runCommand(data: string, args: readonly string[]): Promise<Ended> {
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, '--data', data, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.on('error', failed);
    child.on('close', (code) => done({ code: code ?? 1, stdout, stderr }));
  });
}

/** Runs one command, shows it and its last line. @throws OBX021 when it ends otherwise than it should */
function commands(context: Context, data: string) {
  return async (expected: readonly number[], ...args: string[]): Promise<void> => {
    context.say(`$ outbox ${args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg)).join(' ')}`);
    const { code, stdout, stderr } = await runCommand(data, args);
    if (!expected.includes(code)) {
      throw new OutboxError('OBX021', { command: args.join(' '), code, detail: `${stdout}${stderr}`.trim() });
    }
    const lines = stdout.trimEnd().split('\n');
    context.say(`  ${lines.findLast((line) => !line.startsWith('Batch ')) ?? ''}`);
  };
}

function countsTable(messages: readonly Message[]): string {
  const kind = (message: Message): string =>
    [message.documentType, message.channel, statusText(message, Date.now())].join('\t');
  const counts = Map.groupBy(messages, kind);
  const rows = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return writeTable(
    ['TYPE', 'CHANNEL', 'STATUS', 'COUNT'],
    rows.map(([key, of]) => [...key.split('\t'), String(of.length)]),
  );
}

function report(context: Context, messages: readonly Message[], documents: ReadonlyMap<string, Document[]>): void {
  const open = messages.filter(({ status }) => attention.includes(status));
  context.print({
    messages: messages.length,
    counts: Object.fromEntries(
      [...Map.groupBy(messages, ({ status }) => status)].map(([status, of]) => [status, of.length]),
    ),
    attention: open.map(({ id, status, reason }) => ({ id, status, reason })),
  });
  context.say(`\n${countsTable(messages)}`);
  context.say(`\nNeeds a person (${open.length}):\n${attentionText(open, documents, Date.now())}`);
}

const folderOf = async (wanted: string | undefined): Promise<string> => {
  if (wanted === undefined) return mkdtemp(join(tmpdir(), 'outbox-demo-'));
  await mkdir(resolve(wanted), { recursive: true });
  return resolve(wanted);
};

async function demo(context: Context, options: { folder?: string }): Promise<ExitCode> {
  const { writeSample } = await import('../demo/write-sample.ts');
  const { startCatcher } = await import('../demo/catcher.ts');
  const { writeDriver } = await import('../demo/driver.ts');
  const { settingsYaml } = await import('../demo/company.ts');
  const { openStore } = await import('../../store/store.ts');
  const startedAt = performance.now();
  const folder = await folderOf(options.folder);
  const data = join(folder, 'data');
  context.say('High Plains Petroleum Distributors, a company that does not exist, bills its 40 customers.\n');
  const sample = await writeSample(join(folder, 'erp'), new Date());
  const caught = join(folder, 'caught');
  const catcher = await startCatcher(caught);
  try {
    const settings = join(folder, 'outbox.yaml');
    await writeFile(settings, settingsYaml({ port: catcher.port, driver: await writeDriver(join(folder, 'driver')) }));
    const outbox = commands(context, data);
    await outbox([0], 'apply', settings);
    await outbox([0, 1], 'customers', 'import', sample.customersFile);
    await outbox([1], 'import', sample.manifest);
    await outbox([1], 'run', '--until-empty');
    await outbox([0], 'retry', '--status', 'queued');
    await outbox([0], 'run', '--until-empty');
  } finally {
    await catcher.close();
  }
  const store = await openStore(join(data, 'outbox.db'));
  try {
    const messages = await store.messages.find({});
    report(context, messages, await store.messages.documentsOf(messages.map(({ id }) => id)));
  } finally {
    await store.close();
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  context.say(
    [
      `\n${sample.documents} documents in ${seconds} s. What the other side got:`,
      `  ${join(caught, 'mail')}  ${catcher.mails()} mails as .eml`,
      `  ${join(caught, 'fax')}  ${catcher.faxes()} faxes by mail gateway`,
      `  ${join(folder, 'driver', 'sent')}  faxes by the external driver`,
      `Look around: outbox --data ${data} list --status failed`,
    ].join('\n'),
  );
  return 0;
}

export function registerDemo(command: Command, act: Act): void {
  command
    .command('demo')
    .option('--folder <dir>', 'keep everything here (default: a new temporary folder)')
    .description('a sample company sends 190 documents to a mail server of its own')
    .addHelpText('after', examples('outbox demo'))
    .action(act(demo));
}
