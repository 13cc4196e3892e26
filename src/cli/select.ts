// The messages that a command is to change: named by ids, or by a filter.
import { OutboxError } from '../message/errors.ts';
import type { Store } from '../store/store.ts';
import { demandFilter, filterOf, type FilterOptions } from './filter.ts';
import { readId } from './ids.ts';
import type { Context } from './installation.ts';

/** A batch that is not there is a slip of the pen, not an empty one. @throws OBX009 */
export async function demandBatch(store: Store, batch: string | undefined): Promise<void> {
  if (batch === undefined || (await store.messages.batch(batch))) return;
  throw new OutboxError('OBX009', { what: 'batch', id: batch, hint: 'outbox import prints the id of its batch.' });
}

/** Ids only: a month's messages with their contents would not fit in memory. @throws OBX009, OBX016 when nothing is named */
export async function selectIds(context: Context, ids: readonly string[], options: FilterOptions): Promise<string[]> {
  demandFilter(ids, options);
  const { store } = await context.installation();
  await demandBatch(store, options.batch);
  if (ids.length > 0) return Promise.all(ids.map((id) => readId(store, id)));
  return store.messages.ids(filterOf(options));
}
