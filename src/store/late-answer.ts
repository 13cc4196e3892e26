// The answer of a worker that was slow, not dead: its lease is gone, and the sweep has decided before it.
import type { Claimed } from './claim.ts';
import { appendEvents } from './events.ts';
import type { Settlement } from './settle.ts';
import { written } from './rows.ts';
import type { Connection } from './schema.ts';
import { move } from './transition.ts';

/** What the sweep made of a message can be corrected by the worker that saw its end: it was slow, not dead. */
const lateTriggers = {
  accept: 'accept',
  refuse: 'refuse',
  'put-back': 'release',
  hold: null,
  'lose-sight': null,
} as const;

/** A later attempt may have gone, of which this one knows nothing: then only a yes says something of the message. */
async function isNewest(connection: Connection, { message: { id }, attempt }: Claimed): Promise<boolean> {
  const attempts = connection.selectFrom('attempt').select('number').where('messageId', '=', id);
  const newest = await attempts.orderBy('number', 'desc').limit(1).executeTakeFirst();
  return newest?.number === attempt;
}

/**
 * The lease is gone. What we saw is evidence for a message that is uncertain since; for any other it is a line of its history.
 * @returns whether it changed the message
 */
export async function settleLate(connection: Connection, claimed: Claimed, end: Settlement): Promise<boolean> {
  const { id } = claimed.message;
  const { at, by } = end;
  const text = `Answered after the lease was gone: ${end.text}`;
  const trigger = lateTriggers[end.trigger];
  const row = await connection.selectFrom('message').select('status').where('id', '=', id).executeTakeFirst();
  const tells = trigger === 'accept' || (trigger !== null && (await isNewest(connection, claimed)));
  if (row?.status === 'uncertain' && tells) {
    const { reason, tries, dueAt } = end;
    const lastReply = written(end.reply);
    const released = trigger === 'accept' ? { releasedAt: at, detail: null } : { detail: end.text };
    const change = { reason, tries, dueAt, lastReply, ...released };
    return (await move(connection, { id, trigger, at, by, text, change }))?.moved ?? false;
  }
  await appendEvents(connection, [{ subject: 'message', subjectId: id, at, what: 'late answer', by, text }]);
  return false;
}
