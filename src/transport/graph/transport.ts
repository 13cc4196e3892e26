// The transport through Microsoft Graph: a draft, W3, then its sending. One draft can be sent only once, so a try that comes after
// a broken line uses the draft that is there.
import type { GraphSettings } from '../../message/settings.ts';
import type { Commit, Job, Outcome, Transport } from '../../message/transport.ts';
import type { Answer } from './answer.ts';
import { NoAnswer } from './client.ts';
import { createDraft, isComplete, type Plan, planDraft } from './draft.ts';
import { askAgain, lookForEvidence } from './evidence.ts';
import type { Item, Mailbox } from './mailbox.ts';
import { type GraphTransportParts, type MailboxAttempt, throughMailbox } from './open-mailbox.ts';
import { outcomeOf, Refusal } from './refusal.ts';

const bare = (internetMessageId: string): string => internetMessageId.replace(/^<|>$/g, '');

/** Reports of what became of the message name the Message-ID that Exchange uses, so it is kept with the answer. */
const named = (item: Item | null): string =>
  item?.internetMessageId ? ` Message-ID ${bare(item.internetMessageId)}.` : '';

const accepted = (code: number | null, text: string, transcript: string): Outcome => ({
  result: 'accepted',
  reply: { code, enhanced: null, text },
  transcript,
});

/** The draft of an earlier try, or a new one. @throws Refusal, NoAnswer, NoToken */
async function draftFor(mailbox: Mailbox, job: Job, plan: Plan, left: Item | null): Promise<Item> {
  if (left !== null && (await isComplete(mailbox, left.id, job, plan))) return left;
  // Broken off before its attachments were there, so it was never sent.
  if (left !== null) await mailbox.discard(left.id);
  return createDraft(mailbox, job, plan);
}

/** These say that nothing was sent; of a 404, 409 or 412 the mailbox knows more. */
const isClearNo = ({ status }: Answer): boolean =>
  status >= 400 && status < 500 && ![404, 408, 409, 412].includes(status);

interface Sending extends MailboxAttempt {
  plan: Plan;
  item: Item;
  looks: readonly number[];
}

/** What the mailbox says, where the answer to the sending says too little. @param doubt a Refusal or NoAnswer */
async function settleDoubt(doubt: Refusal | NoAnswer, sending: Sending): Promise<Outcome> {
  const { mailbox, transcript, item, plan, looks } = sending;
  const evidence = await lookForEvidence(mailbox, item, plan.mark, looks);
  const isMissing = doubt instanceof Refusal && doubt.answer.status === 404;
  if (evidence.where === 'taken' || (evidence.where === 'none' && !isMissing)) {
    const where = evidence.where === 'taken' ? 'the mailbox shows it as sent' : 'the draft is gone from the mailbox';
    const text = `No clear answer to the sending, but ${where}.${named(evidence.item ?? item)}`;
    transcript.note(text);
    return accepted(null, text, transcript.text());
  }
  if (evidence.where === 'draft' || evidence.where === 'away') {
    transcript.note('It is still a draft, so it was not sent.');
    return outcomeOf(doubt, mailbox.user, transcript.text());
  }
  const why = evidence.where === 'unknown' ? evidence.text : 'the mailbox does not hold it any more.';
  const text = `No clear answer to the sending (${doubt.message}). Whether it was sent can not be seen: ${why}${askAgain}`;
  transcript.note(text);
  return { result: 'uncertain', text, reply: null, transcript: transcript.text() };
}

async function sendDraft(sending: Sending): Promise<Outcome> {
  const { mailbox, transcript, item } = sending;
  let answer: Answer;
  try {
    answer = await mailbox.client.call({
      method: 'POST',
      path: mailbox.path(`/messages/${encodeURIComponent(item.id)}/send`),
    });
  } catch (error) {
    if (error instanceof NoAnswer && error.mayHaveArrived) return settleDoubt(error, sending);
    return outcomeOf(error, mailbox.user, transcript.text());
  }
  if (answer.status === 202) {
    return accepted(202, `Microsoft 365 took it for sending.${named(item)}`, transcript.text());
  }
  const refusal = new Refusal('send', answer);
  if (!isClearNo(answer)) return settleDoubt(refusal, sending);
  const outcome = outcomeOf(refusal, mailbox.user, transcript.text());
  if (outcome.result === 'refused' && outcome.permanent) await mailbox.discard(item.id);
  return { ...outcome, transcript: transcript.text() };
}

async function attemptTo(
  attempt: MailboxAttempt,
  looks: readonly number[],
  job: Job,
  commit: Commit,
): Promise<Outcome> {
  const { mailbox, transcript } = attempt;
  let plan: Plan;
  let item: Item;
  try {
    plan = await planDraft(job);
    const found = await mailbox.find(plan.mark);
    if (found.where === 'taken') {
      const text = `An earlier try has sent it: the mailbox holds it.${named(found.item)}`;
      transcript.note(text);
      await commit();
      return accepted(null, text, transcript.text());
    }
    item = await draftFor(mailbox, job, plan, found.where === 'draft' ? found.item : null);
  } catch (error) {
    return outcomeOf(error, mailbox.user, transcript.text());
  }
  // W3. The other tries of this message are over: nobody else sends this draft.
  await commit();
  return sendDraft({ ...attempt, plan, item, looks });
}

export const createGraphTransport = (settings: GraphSettings, parts: GraphTransportParts): Transport =>
  throughMailbox(settings, parts, attemptTo);
