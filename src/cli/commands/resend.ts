// outbox resend: a linked new message for one that is final, to the same or another recipient.
import type { Command } from 'commander';
import { messageAsJson } from '../../message/json.ts';
import type { Message } from '../../message/message.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, demandFilter, filterOf, type FilterOptions } from '../filter.ts';
import { readId, shortId } from '../ids.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

async function resend(
  context: Context,
  ids: string[],
  { to, ...options }: FilterOptions & { to?: string },
): Promise<ExitCode> {
  demandFilter(ids, options);
  const { store } = await context.installation();
  const { resendMessage } = await import('../../intake/resend.ts');
  const parts = await intakeParts(context);
  const whole = await Promise.all(ids.map((id) => readId(store, id)));
  const messages = await store.messages.find({ ...filterOf(options), ...(whole.length > 0 ? { ids: whole } : {}) });
  const made: Message[] = [];
  for (const message of messages) made.push(await resendMessage(message, to ?? null, parts));
  const documents = await store.messages.documentsOf(made.map(({ id }) => id));
  context.print(made.map((message) => messageAsJson(message, documents.get(message.id) ?? [])));
  for (const { id, resendOf, recipient } of made) {
    context.say(`${shortId(id)}  queued to ${recipient}, in place of ${shortId(resendOf ?? '')}`);
  }
  if (made.length === 0) context.say('No such messages.');
  return 0;
}

export function registerResend(program: Command, act: Act): void {
  addFilterOptions(program.command('resend'))
    .argument('[id...]', 'of messages that are final, or the ends of them')
    .option('--to <address>', 'email address or fax number in place of the old one')
    .description('send final messages again as new, linked ones')
    .addHelpText('after', examples('outbox resend 1f2e3d4c', 'outbox resend 1f2e3d4c --to accounts@abf.example'))
    .action(act(resend));
}
