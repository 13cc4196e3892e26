// outbox resend: a linked new message for each that is final, to the same or another recipient.
import type { Command } from 'commander';
import { OutboxError } from '../../message/errors.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, type FilterOptions } from '../filter.ts';
import { shortId } from '../ids.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { selectIds } from '../select.ts';

interface Options extends FilterOptions {
  to?: string;
  again?: boolean;
}

interface Result {
  id: string;
  done: boolean;
  text: string;
  /** Id of the new message. */
  new: string | null;
}

async function resend(context: Context, ids: string[], { to, again, ...options }: Options): Promise<ExitCode> {
  if (again && ids.length === 0) {
    throw new OutboxError('OBX016', {
      detail: '--again needs the ids of messages.',
      hint: 'Name them: outbox resend ID --again',
    });
  }
  const { resendMany } = await import('../../intake/many.ts');
  const selected = await selectIds(context, ids, options);
  const named = ids.length > 0 || options.status !== undefined;
  const parts = await intakeParts(context);
  const byId = ids.length > 0;
  const wanted = { ids: selected, named, byId, again: again ?? false, to: to ?? null };
  const results: Result[] = [];
  let failed = 0;
  try {
    await resendMany(wanted, parts, (message, { done, text, made, before }) => {
      results.push({ id: message.id, done, text, new: made?.id ?? null });
      if (!done && !(before && !byId)) failed++;
      if (made) context.say(`${shortId(made.id)}  queued to ${made.recipient}, in place of ${shortId(message.id)}`);
      else context.say(`${shortId(message.id)}  not sent again: ${text}`);
    });
  } finally {
    // Also when it ends in the middle: what was made is on its way.
    context.print(results);
  }
  if (results.length === 0) context.say('No such messages.');
  return failed === 0 ? 0 : 1;
}

export function registerResend(program: Command, act: Act): void {
  addFilterOptions(program.command('resend'))
    .argument('[id...]', 'of messages that are final, or the ends of them')
    .option('--to <address>', 'email address or fax number in place of the old one')
    .option('--again', 'also messages that were sent again before; with ids only')
    .description('send final messages again as new, linked ones')
    .addHelpText('after', examples('outbox resend 1f2e3d4c', 'outbox resend 1f2e3d4c --to accounts@abf.example'))
    .action(act(resend));
}
