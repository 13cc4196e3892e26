// outbox release, hold, cancel, retry: what a person does to messages that are not final.
import type { Command } from 'commander';
import type { Verb } from '../../intake/operations.ts';
import type { Message } from '../../message/message.ts';
import { statusText } from '../describe.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, demandFilter, filterOf, type FilterOptions } from '../filter.ts';
import { readId, shortId } from '../ids.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

const descriptions: Record<Verb, string> = {
  release: 'let held messages go; look again at blocked ones',
  hold: 'stop messages for now',
  cancel: 'stop messages for good',
  retry: 'try waiting or uncertain messages now',
};

interface Result {
  id: string;
  done: boolean;
  status: string;
  text: string;
}

async function select(context: Context, ids: readonly string[], options: FilterOptions): Promise<Message[]> {
  demandFilter(ids, options);
  const { store } = await context.installation();
  const whole = await Promise.all(ids.map((id) => readId(store, id)));
  return store.messages.find({ ...filterOf(options), ...(ids.length > 0 ? { ids: whole } : {}) });
}

const operate =
  (verb: Verb) =>
  async (context: Context, ids: string[], options: FilterOptions): Promise<ExitCode> => {
    const { isMeant, operateOn } = await import('../../intake/operations.ts');
    const selected = await select(context, ids, options);
    const named = ids.length > 0 || options.status !== undefined;
    const messages = named ? selected : selected.filter((message) => isMeant(verb, message));
    const parts = await intakeParts(context);
    const results: Result[] = [];
    for (const message of messages) {
      const { done, text } = await operateOn(verb, message, parts);
      const now = await parts.store.messages.get(message.id);
      results.push({ id: message.id, done, status: now ? statusText(now, Date.now()) : '', text });
    }
    context.print(results);
    for (const { id, done, status, text } of results) {
      context.say(`${shortId(id)}  ${status}${done ? '' : `  not done: ${text}`}`);
    }
    if (results.length === 0) context.say('No such messages.');
    return results.every(({ done }) => done) ? 0 : 1;
  };

export function registerOperations(program: Command, act: Act): void {
  for (const verb of Object.keys(descriptions) as Verb[]) {
    addFilterOptions(program.command(verb))
      .argument('[id...]', 'of messages, or the ends of them')
      .description(descriptions[verb])
      .addHelpText('after', examples(`outbox ${verb} 1f2e3d4c`, `outbox ${verb} --batch BATCH`))
      .action(act(operate(verb)));
  }
}
