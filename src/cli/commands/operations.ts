// outbox release, hold, cancel, retry: what a person does to messages that are not final.
import type { Command } from 'commander';
import type { Verb } from '../../intake/operations.ts';
import type { IntakeParts } from '../../intake/parts.ts';
import type { Done } from '../../intake/re-route.ts';
import type { Message } from '../../message/message.ts';
import { statusText } from '../describe.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, demandFilter, filterOf, type FilterOptions } from '../filter.ts';
import { readId, shortId } from '../ids.ts';
import { intakeParts } from '../intake-parts.ts';
import type { Context, ExitCode, Installation } from '../installation.ts';
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

/** In portions: a month's messages with their contents would not fit in memory. */
async function select(
  { store }: Installation,
  ids: readonly string[],
  options: FilterOptions,
): Promise<AsyncIterable<Message[]>> {
  const whole = await Promise.all(ids.map((id) => readId(store, id)));
  return store.messages.portions({ ...filterOf(options), ...(ids.length > 0 ? { ids: whole } : {}) });
}

async function operatePortion(verb: Verb, messages: readonly Message[], parts: IntakeParts): Promise<Result[]> {
  const { operateOn } = await import('../../intake/operations.ts');
  const operateOne = async (message: Message) => ({ id: message.id, ...(await operateOn(verb, message, parts)) });
  // A release may route again, and one of a set depends on what became of the others; the rest is written together.
  const done: (Done & { id: string })[] = [];
  if (verb === 'release') for (const message of messages) done.push(await operateOne(message));
  else done.push(...(await Promise.all(messages.map(operateOne))));
  const now = await parts.store.messages.find({ ids: messages.map(({ id }) => id) });
  const statuses = new Map(now.map((message) => [message.id, statusText(message)]));
  return done.map((one) => ({ id: one.id, done: one.done, status: statuses.get(one.id) ?? '', text: one.text }));
}

const operate =
  (verb: Verb) =>
  async (context: Context, ids: string[], options: FilterOptions): Promise<ExitCode> => {
    const { isMeant } = await import('../../intake/operations.ts');
    demandFilter(ids, options);
    const selected = await select(await context.installation(), ids, options);
    const named = ids.length > 0 || options.status !== undefined;
    const parts = await intakeParts(context);
    const results: Result[] = [];
    for await (const portion of selected) {
      const meant = named ? portion : portion.filter((message) => isMeant(verb, message));
      if (meant.length === 0) continue;
      for (const result of await operatePortion(verb, meant, parts)) {
        results.push(result);
        context.say(`${shortId(result.id)}  ${result.status}${result.done ? '' : `  not done: ${result.text}`}`);
      }
    }
    context.print(results);
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
