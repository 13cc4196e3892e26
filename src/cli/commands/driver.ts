// outbox driver: be the external driver of another system. Five arguments, exit 0 when safely queued.
import { readFile } from 'node:fs/promises';
import { type Command, Argument } from 'commander';
import { decodeText } from '../../intake/text-decoding.ts';
import { OutboxError, wordsOf } from '../../message/errors.ts';
import { examples } from '../examples.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { exitCodeOf, reportTaken } from '../taken.ts';
import { waitUntilSettled } from '../settled.ts';

async function noteOf(file: string): Promise<string | null> {
  if (file === '') return null;
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new OutboxError('OBX003', { file, detail: wordsOf(error) }, error);
  });
  const { text } = decodeText(bytes);
  return text.trim() === '' ? null : text;
}

interface Given {
  channel: 'email' | 'fax';
  address: string;
  file: string;
  note: string;
  name: string;
  subject: string;
}

async function queue(context: Context, given: Given, options: { type: string; wait?: boolean }): Promise<ExitCode> {
  const { commandRun } = await import('../../intake/command-run.ts');
  const { takeIn } = await import('../../intake/take-in.ts');
  const note = await noteOf(given.note);
  const run = commandRun([given.file], {
    type: options.type,
    [given.channel]: [given.address],
    subject: given.subject,
    name: given.name,
    hold: false,
    notBefore: null,
    source: 'driver',
    ...(note === null ? {} : { note }),
  });
  const taken = await takeIn(run, await intakeParts(context), { dryRun: false });
  reportTaken(context, taken, false);
  const code = exitCodeOf(taken);
  if (code !== 0 || !options.wait) return code;
  const { store } = await context.installation();
  return (await waitUntilSettled(store, [
    ...taken.messages.map(({ id }) => id),
    ...taken.known.map(({ message }) => message),
  ]))
    ? 0
    : 1;
}

export function registerDriver(program: Command, act: Act): void {
  program
    .command('driver')
    .addArgument(new Argument('<channel>', 'email or fax').choices(['email', 'fax']))
    .argument('<address>', 'email address or fax number')
    .argument('<file>', 'full path of the attachment')
    .argument('<note-file>', 'full path of the note text; "" for none')
    .argument('<name>', 'descriptive name of the attachment')
    .argument('<subject>')
    .option('--type <type>', 'document type, as in the settings', 'invoice')
    .option('--wait', 'until it is released (a service or outbox run must be at work)')
    .description('take one message from another system, as its external driver')
    .addHelpText(
      'after',
      examples('outbox driver email ap@abf.example /tmp/a.pdf /tmp/note.txt "Invoice 100234.pdf" "Invoice 100234"'),
    )
    .action((channel: 'email' | 'fax', address, file, note, name, subject, options) =>
      act(queue)({ channel, address, file, note, name, subject }, options),
    );
}
