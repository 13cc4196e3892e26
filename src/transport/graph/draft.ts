// Makes a draft of a job in the mailbox: whole as MIME while it fits one request, else as JSON with its attachments one by one.
import type { Job } from '../../message/transport.ts';
import { addressedTo, composeFor, leastSize } from '../mime/job-content.ts';
import { at, textAt } from './answer.ts';
import { NoAnswer } from './client.ts';
import { jsonMessage } from './json-message.ts';
import { type Item, itemOf, type Mailbox, type Mark } from './mailbox.ts';
import { expectStatus } from './refusal.ts';
import { attach } from './upload.ts';

/** A request has 4 MB at most; the MIME message goes as base64. Characters. */
const mostEncoded = 3_900_000;

/** As much MIME as fits when it is encoded. */
const mostMime = Math.floor(mostEncoded / 4) * 3;

export interface Plan {
  mark: Mark;
  /** Base64 of the message; null where it is too large for one request. */
  mime: string | null;
}

/** The same job always gives the same plan: a draft that is left from an earlier try is looked for in the same way. */
export async function planDraft(job: Job): Promise<Plan> {
  const { messageId } = job.ingredients;
  const asJson: Plan = { mark: { kind: 'property', messageId }, mime: null };
  if (leastSize(job) > mostMime) return asJson;
  const message = await composeFor(job);
  if (message.length > mostMime) return asJson;
  return { mark: { kind: 'message-id', messageId }, mime: message.toString('base64') };
}

/** An answer that was cut tells no id. @throws NoAnswer */
function itemWithId(json: unknown): Item {
  const item = itemOf(json);
  if (item.id !== '') return item;
  throw new NoAnswer('The answer to the new draft was cut.', true);
}

/** @throws Refusal, NoAnswer, NoToken; a draft may be left then */
export async function createDraft(mailbox: Mailbox, job: Job, { mime }: Plan): Promise<Item> {
  const path = mailbox.path('/messages');
  const content = mime === null ? { json: jsonMessage(addressedTo(job)) } : { mime };
  const answer = await mailbox.client.call({ method: 'POST', path, ...content });
  const item = itemWithId(expectStatus('draft', answer, 201).json);
  if (mime !== null) return item;
  for (const part of job.attachments) await attach(mailbox, item.id, part);
  return item;
}

/** All of them: what is taken for incomplete is thrown away. @throws Refusal, NoAnswer, NoToken */
async function attachmentNames({ client, path }: Mailbox, id: string): Promise<string[]> {
  const names: string[] = [];
  let page: string | null = path(`/messages/${encodeURIComponent(id)}/attachments?$select=name,size`);
  while (page !== null) {
    const answer = expectStatus('look', await client.call({ method: 'GET', path: page }), 200);
    const list = at(answer.json, 'value');
    if (!Array.isArray(list)) throw new NoAnswer('The list of attachments was cut.', true);
    names.push(...list.map((one: unknown) => textAt(one, 'name')));
    page = client.pathOf(textAt(answer.json, '@odata.nextLink'));
  }
  return names;
}

/** Whether a draft that an earlier try left has all attachments: one whose upload was broken off has not. */
export async function isComplete(mailbox: Mailbox, id: string, job: Job, { mime }: Plan): Promise<boolean> {
  if (mime !== null) return true;
  const found = await attachmentNames(mailbox, id);
  const wanted = job.attachments.map(({ name }) => name);
  return JSON.stringify(found.toSorted()) === JSON.stringify(wanted.toSorted());
}
