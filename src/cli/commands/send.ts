// outbox send: one document set to one customer, or to addresses named here.
import type { Command } from 'commander';
import { examples } from '../examples.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { exitCodeOf, reportTaken } from '../taken.ts';
import { readTime } from '../time.ts';

interface Options {
  type: string;
  number?: string;
  customer?: string;
  email?: string[];
  fax?: string[];
  note?: string;
  subject?: string;
  key?: string;
  hold?: boolean;
  at?: string;
}

async function send(context: Context, files: string[], options: Options): Promise<ExitCode> {
  const { commandRun } = await import('../../intake/command-run.ts');
  const { takeIn } = await import('../../intake/take-in.ts');
  const parts = await intakeParts(context);
  const { timeZone } = parts.settings.company;
  const notBefore = options.at === undefined ? null : readTime(options.at, Date.now(), timeZone);
  const run = commandRun(files, { ...options, hold: options.hold ?? false, notBefore });
  const taken = await takeIn(run, parts, { dryRun: false });
  reportTaken(context, taken, false);
  for (const { id } of taken.messages) context.say(id);
  for (const message of new Set(taken.known.map((one) => one.message))) context.say(message);
  return exitCodeOf(taken);
}

export function registerSend(program: Command, act: Act): void {
  const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value];
  program
    .command('send')
    .argument('<file...>', 'PDF or text; several go out together')
    .requiredOption('--type <type>', 'document type, as in the settings')
    .option('--number <number>', 'document number')
    .option('--customer <no>', 'customer number; the directory says how and where to')
    .option('--email <address>', 'send by email to this address (may be given again)', collect)
    .option('--fax <number>', 'send by fax to this number (may be given again)', collect)
    .option('--note <text>', 'in place of the note of the document type')
    .option('--subject <text>', 'in place of the subject of the document type')
    .option('--key <key>', 'the same key is never sent twice')
    .option('--hold', 'wait for outbox release')
    .option('--at <time>', 'not before this time of the company: 2026-12-01T08:00, 2026-12-01, 08:00 or +2h')
    .description('send one document, or several as one set')
    .addHelpText(
      'after',
      examples(
        'outbox send invoice.pdf --type invoice --number 100234 --customer 01-ABF',
        'outbox send invoice.pdf --type invoice --email ap@abf.example --fax "+1 414 555 0134"',
      ),
    )
    .action(act(send));
}
