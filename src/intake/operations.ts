// What a person asks of messages that are not final: release, hold, cancel, retry. Many are changed in one transaction.
import type { Message } from '../message/message.ts';
import type { Status } from '../message/status.ts';
import type { Hasten } from '../store/changes.ts';
import type { Move } from '../store/transition.ts';
import type { IntakeParts } from './parts.ts';
import { type Done, reRoute, retakeKeys } from './re-route.ts';

export type Verb = 'release' | 'hold' | 'cancel' | 'retry';

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
async function reopen(message: Message, parts: IntakeParts): Promise<Done> {
  const other = message.ingredients === null ? null : await retakeKeys(message, parts);
  if (other !== null) return { done: false, text: `Its documents were taken in again as message ${other}.` };
  const reopened = await ofMove(message, parts, 'reopen', 'Taken back.', { reason: 'reopened' }, 'released');
  if (!reopened.done) return reopened;
  const held: Message = { ...message, status: 'held', reason: 'reopened' };
  if (message.ingredients !== null) return operateOn('release', held, parts);
  await ofMove(held, parts, 'block', 'Never ready to go: routed again.', {}, 'released');
  return reRoute(held, parts);
}

/** What is to be done: nothing more, one step in the store, or work of its own. */
type Plan = Done | { wanted: Move | Hasten; verb: string } | { work: () => Promise<Done> };

type Planner = (message: Message, parts: IntakeParts) => Plan;

const moving = (
  { id }: Message,
  { now, by }: IntakeParts,
  verb: string,
  step: Pick<Move, 'trigger' | 'text' | 'change'>,
): Plan => ({ wanted: { ...step, id, at: now(), by }, verb });

/** Its own time stays: a message that was to go at eight goes at eight. */
const release: Planner = (message, parts) => {
  if (message.status === 'blocked') return { work: () => reRoute(message, parts) };
  if (message.status === 'queued') return { done: true, text: 'It was queued already.' };
  if (message.status === 'uncertain') {
    return { done: false, text: 'It may have arrived. To send it once more all the same: outbox retry.' };
  }
  if (message.reason === 'to-print') {
    return { done: false, text: 'It is to be printed. When that is done: outbox cancel.' };
  }
  if (message.status === 'cancelled') return { work: () => reopen(message, parts) };
  if (message.transport !== null && !Object.hasOwn(parts.settings.transports, message.transport)) {
    return {
      async work() {
        await ofMove(message, parts, 'block', 'Its transport is gone from the settings.', {}, 'released');
        return reRoute(message, parts);
      },
    };
  }
  const change = { reason: null, detail: null, dueAt: Math.max(parts.now(), message.dueAt ?? 0) };
  return moving(message, parts, 'released', { trigger: 'release', text: 'Released.', change });
};

const hold: Planner = (message, parts) => {
  if (message.status === 'held') return { done: true, text: 'It was held already.' };
  if (message.status === 'blocked') return { done: true, text: 'It is blocked, and does not go before a release.' };
  return moving(message, parts, 'held', { trigger: 'hold', text: 'Held.', change: { reason: 'on-hold' } });
};

const cancel: Planner = (message, parts) => {
  if (message.status === 'cancelled') return { done: true, text: 'It was cancelled already.' };
  const change = { reason: null, detail: null, dueAt: null };
  return moving(message, parts, 'cancelled', { trigger: 'cancel', text: 'Cancelled.', change });
};

const retry: Planner = (message, parts) => {
  if (message.status === 'queued') {
    const wanted = { hasten: message.id, at: parts.now(), by: parts.by, text: 'Due now.' };
    return { wanted, verb: 'retried' };
  }
  if (message.status === 'uncertain') {
    const change = { reason: null, detail: null, dueAt: parts.now() };
    const text = 'To be sent once more, although it may have arrived.';
    return moving(message, parts, 'retried', { trigger: 'release', text, change });
  }
  if (message.status === 'failed') return { done: false, text: 'It has failed for good. Send it anew: outbox resend.' };
  if (message.status === 'held' || message.status === 'blocked') {
    return { done: false, text: `It is ${message.status}. Let it go first: outbox release.` };
  }
  return notPossible(message, 'retried');
};

const planners: Record<Verb, Planner> = { release, hold, cancel, retry };

/** Messages that one transaction changes: a sync of the disk costs more than the changes, and others wait to write. */
const portion = 250;

type OnDone = (message: Message, done: Done) => void;

async function applyPlans(
  messages: readonly Message[],
  plans: readonly Plan[],
  parts: IntakeParts,
  onDone: OnDone,
): Promise<void> {
  const wanted = plans.flatMap((plan) => ('wanted' in plan ? [plan.wanted] : []));
  const changed = (wanted.length === 0 ? [] : await parts.store.changes.applyAll(wanted))[Symbol.iterator]();
  const resultOf = (message: Message, plan: Exclude<Plan, { work: unknown }>): Done => {
    if ('done' in plan) return plan;
    const one = changed.next().value;
    if (one?.moved) return { done: true, text: plan.wanted.text };
    return notPossible({ ...message, status: one?.before ?? message.status }, plan.verb);
  };
  for (const [at, plan] of plans.entries()) {
    const message = messages[at]!;
    onDone(message, 'work' in plan ? await plan.work() : resultOf(message, plan));
  }
}

/**
 * Does what is asked where the status allows it, and says in words why not where it does not.
 * @param onDone hears of each when it is durable
 */
export async function operateOnAll(
  verb: Verb,
  messages: readonly Message[],
  parts: IntakeParts,
  onDone: OnDone,
): Promise<void> {
  for (let at = 0; at < messages.length; at += portion) {
    const some = messages.slice(at, at + portion);
    const plans = some.map((message) => planners[verb](message, parts));
    await applyPlans(some, plans, parts, onDone);
  }
}

/** The same for one. */
export async function operateOn(verb: Verb, message: Message, parts: IntakeParts): Promise<Done> {
  const all: Done[] = [];
  await operateOnAll(verb, [message], parts, (_, done) => void all.push(done));
  return all[0]!;
}

const meant: Record<Verb, readonly Status[]> = {
  release: ['held', 'blocked'],
  hold: ['queued', 'sending'],
  cancel: ['blocked', 'held', 'queued', 'sending', 'uncertain'],
  retry: ['queued', 'uncertain'],
};

/** Whether a person who says "all of the batch" means this one: nobody means to send what was cancelled, or is to be printed. */
export const isMeant = (verb: Verb, { status, reason }: Message): boolean =>
  meant[verb].includes(status) && !(verb === 'release' && reason === 'to-print');
