// outbox list: messages, one a line.
import type { Command } from 'commander';
import { messageAsJson } from '../../message/json.ts';
import { listText } from '../describe.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, filterOf, type FilterOptions } from '../filter.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';
import { demandBatch } from '../select.ts';

/** Without --limit. */
const shown = 200;

async function list(context: Context, options: FilterOptions): Promise<ExitCode> {
  const { store } = await context.installation();
  await demandBatch(store, options.batch);
  const filter = filterOf(options);
  // A person reads a screen or two; a script wants all of them.
  const most = filter.limit ?? (context.json ? null : shown);
  const found = await store.messages.find(most === null ? filter : { ...filter, limit: most + 1 });
  const messages = most === null ? found : found.slice(0, most);
  const documents = await store.messages.documentsOf(messages.map(({ id }) => id));
  context.print(messages.map((message) => messageAsJson(message, documents.get(message.id) ?? [])));
  context.say(messages.length === 0 ? 'No such messages.' : listText(messages, documents, Date.now()));
  if (found.length > messages.length) {
    context.warn(
      `These are the first ${messages.length}; there are more. Name fewer, or as many as you want with --limit.`,
    );
  }
  return 0;
}

export function registerList(program: Command, act: Act): void {
  addFilterOptions(program.command('list'))
    .description('list messages')
    .addHelpText('after', examples('outbox list --status blocked', 'outbox list --customer 01-ABF --json'))
    .action(act(list));
}
