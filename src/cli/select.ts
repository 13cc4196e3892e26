// The messages that a command is to change: named by ids, or by a filter.
import { OutboxError } from '../message/errors.ts';
import type { Message } from '../message/message.ts';
import type { Store } from '../store/store.ts';
import { demandFilter, filterOf, type FilterOptions } from './filter.ts';
import { readId } from './ids.ts';
import type { Context } from './installation.ts';

/** A batch that is not there is a slip of the pen, not an empty one. @throws OBX009 */
export async function demandBatch(store: Store, batch: string | undefined): Promise<void> {
  if (batch === undefined || (await store.messages.batch(batch))) return;
  throw new OutboxError('OBX009', { what: 'batch', id: batch, hint: 'outbox import prints the id of its batch.' });
}

/** @throws OBX009 for an id or a batch that is not there, OBX016 when nothing is named */
export async function select(context: Context, ids: readonly string[], options: FilterOptions): Promise<Message[]> {
  demandFilter(ids, options);
  const { store } = await context.installation();
  await demandBatch(store, options.batch);
  const whole = await Promise.all(ids.map((id) => readId(store, id)));
  return store.messages.find({ ...filterOf(options), ...(ids.length > 0 ? { ids: whole } : {}) });
}
