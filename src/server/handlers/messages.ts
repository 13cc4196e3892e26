// Batches and messages: lists, one of them, its mail, and what a person does to many.
import { doneAtOf, outlooksOf } from '../../desk/outlook.ts';
import { mailBytes } from '../../desk/mail-bytes.ts';
import { countMeant, operateOnMany, resendMany } from '../../intake/many.ts';
import { OutboxError } from '../../message/errors.ts';
import { messageAsJson } from '../../message/json.ts';
import type { Batch, Event, Message } from '../../message/message.ts';
import type { Settings } from '../../message/settings.ts';
import type { MessageFilter } from '../../store/messages.ts';
import { type Call, type Handlers, intakeOf, isoOf, pageOf, sent } from '../call.ts';
import { demandOnFile } from '../on-file.ts';

/** Without what was not given. */
const given = <T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

export const eventAsJson = (event: Event) => ({ ...event, at: isoOf(event.at)! });

const batchAsJson = ({ id, name, source, state, expectedCount, expectedAmount, createdAt, sealedAt }: Batch) => ({
  id,
  name,
  source,
  state,
  expectedCount,
  expectedAmount,
  createdAt: isoOf(createdAt)!,
  sealedAt: isoOf(sealedAt),
});

const nothingLike = (what: string, id: string): OutboxError =>
  new OutboxError('OBX009', { what, id, hint: 'Ask for the list of them.' });

/** @throws OBX009 */
export async function demandMessage({ parts }: Call, id: string): Promise<Message> {
  const message = await parts.opened.store.messages.get(id);
  if (message === null) throw nothingLike('message', id);
  return message;
}

const settingsOrNull = ({ parts }: Call): Promise<Settings | null> =>
  parts.opened.settings().catch((error: unknown) => {
    if (error instanceof OutboxError) return null;
    throw error;
  });

/** When the transports will be done with it. */
async function outlooks(call: Call, batch: string) {
  const settings = await settingsOrNull(call);
  if (settings === null) return [];
  const here = { now: call.parts.now(), timeZone: settings.company.timeZone };
  return outlooksOf(call.parts.opened.store, settings, batch, here);
}

type Readings = 'listBatches' | 'getBatch' | 'listMessages' | 'getMessage' | 'getMail' | 'actOnMessages';

const shownResults = 500;

interface Result {
  id: string;
  done: boolean;
  text: string;
  new: string | null;
}

export const messageHandlers: Handlers<Readings> = {
  async listBatches({ query }, { parts }) {
    const { messages } = parts.opened.store;
    const found = await messages.batches(query.limit + 1, query.cursor ?? null);
    const counts = await messages.countsOf(found.map(({ id }) => id));
    return pageOf(
      found,
      query.limit,
      ({ id }) => id,
      (batch) => ({ ...batchAsJson(batch), counts: counts.get(batch.id) ?? {} }),
    );
  },

  async getBatch({ params }, call) {
    const { messages, events } = call.parts.opened.store;
    const batch = await messages.batch(params.id);
    if (batch === null) throw nothingLike('batch', params.id);
    const counts = (await messages.countsOf([batch.id])).get(batch.id) ?? {};
    const ways = await outlooks(call, batch.id);
    return {
      ...batchAsJson(batch),
      counts,
      total: Object.values(counts).reduce((sum, count) => sum + count, 0),
      left: (counts.queued ?? 0) + (counts.sending ?? 0),
      doneAt: isoOf(doneAtOf(ways)),
      transports: ways.map((one) => ({ ...one, doneAt: isoOf(one.doneAt), goesOnAt: isoOf(one.goesOnAt) })),
      history: (await events.of('batch', batch.id)).map(eventAsJson),
    };
  },

  async listMessages({ query }, { parts }) {
    const { messages } = parts.opened.store;
    const { cursor, limit, ...fields } = query;
    const filter = { ...given(fields), ...given({ before: cursor }), newestFirst: true, limit: limit + 1 };
    const found = await messages.find(filter);
    const documents = await messages.documentsOf(found.slice(0, limit).map(({ id }) => id));
    return pageOf(
      found,
      limit,
      ({ id }) => id,
      (message) => messageAsJson(message, documents.get(message.id) ?? []),
    );
  },

  async getMessage({ params }, call) {
    const message = await demandMessage(call, params.id);
    const { messages, events } = call.parts.opened.store;
    const attempts = await messages.attemptsOf(message.id);
    return {
      ...messageAsJson(message, (await messages.documentsOf([message.id])).get(message.id) ?? []),
      history: (await events.of('message', message.id)).map(eventAsJson),
      attempts: attempts.map((one) => ({ ...one, startedAt: isoOf(one.startedAt)!, endedAt: isoOf(one.endedAt) })),
    };
  },

  async getMail({ params }, call) {
    const message = await demandMessage(call, params.id);
    const bytes = await mailBytes(call.parts.opened, message);
    const disposition = `attachment; filename="${message.id}.eml"`;
    void call.reply.header('content-disposition', disposition).type('message/rfc822').send(Buffer.from(bytes));
    return sent;
  },

  async actOnMessages({ body }, call) {
    const { action, dryRun, again, to = null } = body;
    const parts = await intakeOf(call);
    const chosen = await choose(body, call);
    if (to !== null) await demandOnFile(call, parts, action === 'resend' ? { ids: chosen.ids, to } : null);
    if (dryRun) return { dryRun, touched: await countMeant(action, chosen, parts), notDone: 0, results: [] };
    const done: Result[] = [];
    const notDone: Result[] = [];
    let touched = 0;
    let failed = 0;
    const take = (result: Result): void => {
      if (result.done) touched++;
      else failed++;
      const list = result.done ? done : notDone;
      if (list.length < shownResults) list.push(result);
    };
    if (action === 'resend') {
      const wanted = { ...chosen, to, byId: body.ids !== undefined, again };
      await resendMany(wanted, parts, ({ id }, { done: isDone, text, made }) =>
        take({ id, done: isDone, text, new: made?.id ?? null }),
      );
    } else {
      await operateOnMany(action, chosen, parts, ({ id }, one) =>
        take({ id, done: one.done, text: one.text, new: null }),
      );
    }
    return { dryRun, touched, notDone: failed, results: [...notDone, ...done].slice(0, shownResults) };
  },
};

/** What is named must be there; a filter without anything in it would mean everything. @throws OBX009, OBX231 */
async function choose({ ids, filter }: { ids?: string[] | undefined; filter?: object | undefined }, call: Call) {
  const { messages } = call.parts.opened.store;
  if ((ids === undefined) === (filter === undefined)) {
    throw new OutboxError('OBX231', { detail: 'give either ids or filter' });
  }
  if (ids !== undefined) {
    const unique = [...new Set(ids)];
    const found = new Set(await idsAmong(call, unique));
    const missing = unique.find((id) => !found.has(id));
    if (missing !== undefined) throw nothingLike('message', missing);
    return { ids: unique, named: true };
  }
  const fields: MessageFilter = given(filter!);
  if (Object.keys(fields).length === 0) throw new OutboxError('OBX231', { detail: 'the filter says nothing' });
  return { ids: await messages.ids(fields), named: fields.status !== undefined };
}

/** Asked for in portions that one statement can carry. */
async function idsAmong({ parts }: Call, ids: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let at = 0; at < ids.length; at += 1_000) {
    found.push(...(await parts.opened.store.messages.ids({ ids: ids.slice(at, at + 1_000) })));
  }
  return found;
}
