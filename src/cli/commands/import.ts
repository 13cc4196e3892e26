// outbox import: a batch of documents with a manifest.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Lookers } from '../../intake/lookers.ts';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { examples } from '../examples.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import { startProgress } from '../progress.ts';
import type { Act } from '../act.ts';
import { exitCodeOf, reportTaken } from '../taken.ts';

export async function importManifest(
  context: Context,
  file: string,
  options: { dryRun?: boolean; hold?: boolean },
): Promise<ExitCode> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OutboxError('OBX003', { file, detail: wordsOf(error) }, error);
  });
  const { files } = await context.installation();
  const { startLookersFor } = await import('../../intake/lookers.ts');
  const lookers = await startLookersFor(bytes.length, files);
  try {
    return await takeInManifest(context, { file, bytes, lookers }, options);
  } finally {
    lookers?.end();
  }
}

interface Given {
  file: string;
  bytes: Buffer;
  lookers: Lookers | null;
}

async function takeInManifest(
  context: Context,
  { file, bytes, lookers }: Given,
  options: { dryRun?: boolean; hold?: boolean },
): Promise<ExitCode> {
  const { readManifestRun } = await import('../../intake/manifest-run.ts');
  const { takeIn } = await import('../../intake/take-in.ts');
  const run = await readManifestRun(bytes, file, { source: `manifest ${file}`, hold: options.hold ?? false });
  for (const name of run.unknownColumns) context.warn(`Column not used: ${name}`);
  const progress = startProgress('Reading documents', run.entries.length);
  const parts = { ...(await intakeParts(context)), lookers, onProgress: progress.show };
  const taken = await takeIn(run, parts, { dryRun: options.dryRun ?? false }).finally(progress.end);
  reportTaken(context, taken, options.dryRun ?? false);
  return exitCodeOf(taken);
}

export function registerImport(program: Command, act: Act): void {
  program
    .command('import')
    .argument('<manifest>', 'CSV, JSON or XML; its files lie beside or below it (docs/manifest.md)')
    .option('--dry-run', 'show what would be taken in and take nothing')
    .option('--hold', 'wait for outbox release --batch')
    .description('take in a batch of documents with a manifest')
    .addHelpText('after', examples('outbox import invoices/manifest.csv', 'outbox import run.json --hold'))
    .action(act(importManifest));
}
