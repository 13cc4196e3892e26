// What a person asks of a message that is not final: release, hold, cancel, retry.
import type { Message } from '../message/message.ts';
import type { Status } from '../message/status.ts';
import type { IntakeParts } from './parts.ts';
import { type Done, reRoute, retakeKeys } from './re-route.ts';

export type Verb = 'release' | 'hold' | 'cancel' | 'retry';

type Operation = (message: Message, parts: IntakeParts) => Promise<Done>;

const notPossible = ({ status }: Message, verb: string): Done => ({
  done: false,
  text: `It is ${status}: it can not be ${verb}.`,
});

const ofMove = async (
  message: Message,
  parts: IntakeParts,
  trigger: 'release' | 'hold' | 'block' | 'cancel' | 'reopen',
  text: string,
  change: Record<string, string | number | null>,
  verb: string,
): Promise<Done> => {
  const wanted = { id: message.id, trigger, at: parts.now(), by: parts.by, text, change };
  const changed = await parts.store.changes.apply(wanted);
  if (changed?.moved) return { done: true, text };
  return notPossible({ ...message, status: changed?.before ?? message.status }, verb);
};

/** Taken back, and looked at again when it was never ready to go. */
const reopen: Operation = async (message, parts) => {
  const other = message.ingredients === null ? null : await retakeKeys(message, parts);
  if (other !== null) return { done: false, text: `Its documents were taken in again as message ${other}.` };
  const reopened = await ofMove(message, parts, 'reopen', 'Taken back.', { reason: 'reopened' }, 'released');
  if (!reopened.done) return reopened;
  const held: Message = { ...message, status: 'held', reason: 'reopened' };
  if (message.ingredients !== null) return release(held, parts);
  await ofMove(held, parts, 'block', 'Never ready to go: routed again.', {}, 'released');
  return reRoute(held, parts);
};

/** Its own time stays: a message that was to go at eight goes at eight. */
async function release(message: Message, parts: IntakeParts): Promise<Done> {
  if (message.status === 'blocked') return reRoute(message, parts);
  if (message.status === 'queued') return { done: true, text: 'It was queued already.' };
  if (message.status === 'uncertain') {
    return { done: false, text: 'It may have arrived. To send it once more all the same: outbox retry.' };
  }
  if (message.reason === 'to-print') {
    return { done: false, text: 'It is to be printed. When that is done: outbox cancel.' };
  }
  if (message.status === 'cancelled') return reopen(message, parts);
  if (message.transport !== null && !Object.hasOwn(parts.settings.transports, message.transport)) {
    await ofMove(message, parts, 'block', 'Its transport is gone from the settings.', {}, 'released');
    return reRoute(message, parts);
  }
  const change = { reason: null, detail: null, dueAt: Math.max(parts.now(), message.dueAt ?? 0) };
  return ofMove(message, parts, 'release', 'Released.', change, 'released');
}

const hold: Operation = async (message, parts) => {
  if (message.status === 'held') return { done: true, text: 'It was held already.' };
  if (message.status === 'blocked') return { done: true, text: 'It is blocked, and does not go before a release.' };
  return ofMove(message, parts, 'hold', 'Held.', { reason: 'on-hold' }, 'held');
};

const cancel: Operation = async (message, parts) => {
  if (message.status === 'cancelled') return { done: true, text: 'It was cancelled already.' };
  return ofMove(message, parts, 'cancel', 'Cancelled.', { reason: null, detail: null, dueAt: null }, 'cancelled');
};

const retry: Operation = async (message, parts) => {
  if (message.status === 'queued') {
    const hastened = await parts.store.changes.hasten(message.id, parts.now());
    return hastened ? { done: true, text: 'Due now.' } : notPossible(message, 'retried');
  }
  if (message.status === 'uncertain') {
    const change = { reason: null, detail: null, dueAt: parts.now() };
    return ofMove(message, parts, 'release', 'To be sent once more, although it may have arrived.', change, 'retried');
  }
  if (message.status === 'failed') return { done: false, text: 'It has failed for good. Send it anew: outbox resend.' };
  if (message.status === 'held' || message.status === 'blocked') {
    return { done: false, text: `It is ${message.status}. Let it go first: outbox release.` };
  }
  return notPossible(message, 'retried');
};

const operations: Record<Verb, Operation> = { release, hold, cancel, retry };

/** Does what is asked where the status allows it, and says in words why not where it does not. */
export const operateOn = (verb: Verb, message: Message, parts: IntakeParts): Promise<Done> =>
  operations[verb](message, parts);

const meant: Record<Verb, readonly Status[]> = {
  release: ['held', 'blocked'],
  hold: ['queued', 'sending'],
  cancel: ['blocked', 'held', 'queued', 'sending', 'uncertain'],
  retry: ['queued', 'uncertain'],
};

/** Whether a person who says "all of the batch" means this one: nobody means to send what was cancelled, or is to be printed. */
export const isMeant = (verb: Verb, { status, reason }: Message): boolean =>
  meant[verb].includes(status) && !(verb === 'release' && reason === 'to-print');
