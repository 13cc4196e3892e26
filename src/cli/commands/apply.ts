// outbox apply: takes a settings file, all of it or nothing; --dry-run shows the difference.
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Change } from '../../config/difference.ts';
import { decodeText } from '../../intake/text-decoding.ts';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { examples } from '../examples.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

const signs = { new: '+', changed: '~', removed: '-' } as const;

const changeText = ({ kind, section, name, lines }: Change): string =>
  [`${signs[kind]} ${name === '' ? section : `${section}.${name}`}`, ...lines.map((line) => `    ${line}`)].join('\n');

export async function apply(context: Context, file: string, options: { dryRun?: boolean }): Promise<ExitCode> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OutboxError('OBX003', { file, detail: wordsOf(error) }, error);
  });
  const { text } = decodeText(bytes);
  const { applySettingsText } = await import('../../desk/apply-settings.ts');
  const dryRun = options.dryRun ?? false;
  const installation = await context.installation();
  const { changes, customers, notes } = await applySettingsText({ text, file, by: context.by }, installation, dryRun);
  context.print({ dryRun, changes, customers, notes });
  for (const change of changes) context.say(changeText(change));
  for (const note of notes) context.warn(`Note: ${note}`);
  if (changes.length === 0) context.say('Nothing changes.');
  else context.say(dryRun ? 'Nothing was applied (dry run).' : `Applied ${file}.`);
  return 0;
}

export function registerApply(program: Command, act: Act): void {
  program
    .command('apply')
    .argument('<file>', 'settings as YAML (docs/settings.md)')
    .option('--dry-run', 'show the difference and change nothing')
    .description('take settings from a file, all of it or nothing')
    .addHelpText('after', examples('outbox apply outbox.yaml --dry-run', 'outbox apply outbox.yaml'))
    .action(act(apply));
}
