// Waits for messages to leave the queue: another process sends them.
import { setTimeout as wait } from 'node:timers/promises';
import type { Store } from '../store/store.ts';

const everyMs = 200;
const good = ['released', 'delivered'];
const open = ['queued', 'sending'];

/** @returns whether all of them were released */
export async function waitUntilSettled(store: Store, ids: readonly string[]): Promise<boolean> {
  for (;;) {
    const messages = await store.messages.find({ ids });
    if (!messages.some(({ status }) => open.includes(status)))
      return messages.every(({ status }) => good.includes(status));
    await wait(everyMs);
  }
}
