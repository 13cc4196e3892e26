// outbox list: messages, one a line.
import type { Command } from 'commander';
import { messageAsJson } from '../../message/json.ts';
import { listText } from '../describe.ts';
import { examples } from '../examples.ts';
import { addFilterOptions, filterOf, type FilterOptions } from '../filter.ts';
import type { Context, ExitCode } from '../installation.ts';
import type { Act } from '../act.ts';

async function list(context: Context, options: FilterOptions): Promise<ExitCode> {
  const { store } = await context.installation();
  const messages = await store.messages.find(filterOf(options));
  const documents = await store.messages.documentsOf(messages.map(({ id }) => id));
  context.print(messages.map((message) => messageAsJson(message, documents.get(message.id) ?? [])));
  context.say(messages.length === 0 ? 'No such messages.' : listText(messages, documents, Date.now()));
  return 0;
}

export function registerList(program: Command, act: Act): void {
  addFilterOptions(program.command('list'))
    .description('list messages')
    .addHelpText('after', examples('outbox list --status blocked', 'outbox list --customer 01-ABF --json'))
    .action(act(list));
}
