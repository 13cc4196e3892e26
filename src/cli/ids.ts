// Message ids as people write them: whole, or the end of one as the tables show it.
import { OutboxError } from '../message/errors.ts';
import type { Store } from '../store/store.ts';

/** So many characters of an id are shown: the random end. */
const shownLength = 8;

export const shortId = (id: string): string => id.slice(-shownLength);

/** @throws OBX009 when no message, or more than one, ends like this */
export async function readId(store: Store, written: string): Promise<string> {
  const found = await store.messages.endingWith(written.toLowerCase());
  if (found.length === 1) return found[0]!;
  const hint =
    found.length === 0 ? 'See outbox list.' : `More than one ends like this: write the whole id (outbox list --json).`;
  throw new OutboxError('OBX009', { what: 'message', id: written, hint });
}
