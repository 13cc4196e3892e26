// Routing once more, for a message that was blocked: what has been mended since may let it go.
import type { Document, Message } from '../message/message.ts';
import { type Draft, draftsOf, keysOf, messageOf, readSuppressed, storedKeys } from './draft.ts';
import type { Request } from './entry.ts';
import type { IntakeParts } from './parts.ts';

export interface Done {
  done: boolean;
  /** What happened, or why not, in words. */
  text: string;
}

interface Blocked {
  message: Message;
  documents: Document[];
  request: Request;
}

async function read(message: Message, { store }: IntakeParts): Promise<Blocked> {
  const documents = (await store.messages.documentsOf([message.id])).get(message.id) ?? [];
  return { message, documents, request: (await store.messages.requestOf(message.id)) as Request };
}

/** Where the message itself goes now; any other destination of the set becomes a message of its own. */
async function draftsFor(blocked: Blocked, parts: IntakeParts): Promise<Draft[]> {
  const { message, documents, request } = blocked;
  const customers = await parts.store.customers.find(message.company, [message.customer]);
  const grouping = parts.settings.documentTypes[message.documentType]?.grouping ?? 'each';
  const set = { documents, grouping, request };
  return draftsOf(set, customers.get(message.customer) ?? null, await readSuppressed(parts), parts);
}

/** The same role and channel where there is one, so that a blocked copy stays a copy. */
const ownDraft = (drafts: readonly Draft[], { role, recipient, channel }: Message): Draft | undefined => {
  const alike = drafts.filter(({ destination }) => destination.role === role);
  return (
    alike.find(({ destination }) => destination.recipient === recipient && recipient !== '') ??
    alike.find(({ destination }) => destination.channel === channel) ??
    alike[0]
  );
};

/** A message that was to go at eight goes at eight, also when it was blocked first. */
const whenOf = ({ request }: Pick<Draft, 'request'>) => ({ hold: false, notBefore: request.notBefore });

async function release(
  blocked: Blocked,
  fresh: Message,
  draft: Draft,
  known: ReadonlyMap<string, unknown>,
  parts: IntakeParts,
): Promise<Done> {
  const { store, by } = parts;
  const { id } = blocked.message;
  const isPrint = fresh.reason === 'to-print';
  const trigger = isPrint ? 'hold' : 'release';
  const text = isPrint ? 'The delivery rule says print.' : `Released to ${fresh.recipient}: ${fresh.why.text}`;
  const content = { ...fresh, reason: isPrint ? fresh.reason : null };
  const keys = storedKeys(draft.keys).filter(({ key }) => !known.has(key));
  const changed = await store.changes.release(id, content, keys, { trigger, at: parts.now(), by, text });
  return changed?.moved ? { done: true, text } : { done: false, text: 'Somebody else has changed it meanwhile.' };
}

/** Further recipients that the set has now, when it had one blocked message for all of them before. */
async function addOthers(blocked: Blocked, others: readonly Draft[], parts: IntakeParts): Promise<number> {
  let added = 0;
  for (const draft of others) {
    if (draft.destination.reason !== null) continue;
    const keys = storedKeys(draft.keys);
    const known = await parts.store.takeIn.known(keys.map(({ key }) => key));
    if (known.size > 0) continue;
    const message = await messageOf(draft, whenOf(draft), parts);
    if (message.status === 'blocked') continue;
    const documentIds = draft.documents.map(({ id }) => id);
    const text = `Taken in together with ${blocked.message.id}, which was blocked before.`;
    await parts.store.takeIn.take({
      batch: null,
      documents: [],
      messages: [{ message, request: blocked.request, documentIds, keys, text }],
      replaced: [],
      events: [],
      by: parts.by,
    });
    added++;
  }
  return added;
}

/**
 * A cancelled message has given its keys away. Taken back, it takes them again, unless its documents went on as another.
 * @returns the id of that other message; null when all is well
 */
export async function retakeKeys(message: Message, parts: IntakeParts): Promise<string | null> {
  // A message that was sent again on purpose never had keys.
  if (message.resendOf !== null) return null;
  const { documents, request } = await read(message, parts);
  const keys = storedKeys(keysOf({ documents, request, destination: message }));
  const known = await parts.store.takeIn.known(keys.map(({ key }) => key));
  const other = [...known.values()].find(({ messageId }) => messageId !== message.id);
  if (other) return other.messageId;
  await parts.store.changes.takeKeys(
    message.id,
    keys.filter(({ key }) => !known.has(key)),
  );
  return null;
}

/**
 * Looks again at a blocked message.
 * @throws the database's errors
 */
export async function reRoute(message: Message, parts: IntakeParts): Promise<Done> {
  const blocked = await read(message, parts);
  const drafts = await draftsFor(blocked, parts);
  const draft = ownDraft(drafts, message);
  if (!draft) return { done: false, text: 'The delivery rule says that nothing is sent. Cancel it.' };
  const fresh = await messageOf(draft, whenOf(draft), parts);
  if (fresh.status === 'blocked') {
    await parts.store.changes.explain(message.id, fresh);
    return { done: false, text: fresh.detail ?? fresh.reason ?? 'It is blocked still.' };
  }
  const known = await parts.store.takeIn.known(draft.keys.map(({ key }) => key));
  // Its own keys it has from before, when it was queued once and then lost its transport.
  const old = [...known.values()].find(({ messageId }) => messageId !== message.id);
  if (old) {
    return { done: false, text: `The same was sent before as message ${old.messageId}. Cancel this one.` };
  }
  const done = await release(blocked, fresh, draft, known, parts);
  // A copy has its own blocked message; only the one that stands for the whole set brings others with it.
  if (done.done && message.recipient === '' && message.role === 'to') {
    const others = drafts.filter((other) => other !== draft);
    const added = await addOthers(blocked, others, parts);
    if (added > 0) return { done: true, text: `${done.text} ${added} more of the same set.` };
  }
  return done;
}
