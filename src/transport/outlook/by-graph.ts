// A draft in a mailbox of Microsoft 365, for a person to look at and send.
import type { OutlookGraphSettings } from '../../message/settings.ts';
import type { Commit, Job, Outcome, Transport } from '../../message/transport.ts';
import { NoAnswer } from '../graph/client.ts';
import { createDraft, isComplete, type Plan, planDraft } from '../graph/draft.ts';
import { askAgain, lookForEvidence } from '../graph/evidence.ts';
import type { Item, Standing } from '../graph/mailbox.ts';
import { type GraphTransportParts, type MailboxAttempt, throughMailbox } from '../graph/open-mailbox.ts';
import { outcomeOf } from '../graph/refusal.ts';

type Looks = readonly number[];

function accepted({ mailbox, transcript }: MailboxAttempt, item: Item): Outcome {
  const where = item.webLink === '' ? '' : ` Open it: ${item.webLink}`;
  const text = `A draft lies in Drafts of ${mailbox.user}.${where}`;
  return { result: 'accepted', reply: { code: 201, enhanced: null, text }, transcript: transcript.text() };
}

function sentAlready({ mailbox, transcript }: MailboxAttempt): Outcome {
  const text = `The draft of an earlier try was sent from ${mailbox.user} already.`;
  return { result: 'accepted', reply: { code: null, enhanced: null, text }, transcript: transcript.text() };
}

/** A draft of an earlier try with all its attachments; one without them is thrown away. */
async function leftDraft({ mailbox }: MailboxAttempt, found: Standing, job: Job, plan: Plan): Promise<Item | null> {
  if (found.where !== 'draft') return null;
  if (await isComplete(mailbox, found.item.id, job, plan)) return found.item;
  await mailbox.discard(found.item.id);
  return null;
}

/** The line broke while the draft was made: the mailbox knows whether it is there. */
async function settleDoubt(
  attempt: MailboxAttempt,
  doubt: NoAnswer,
  job: Job,
  plan: Plan,
  looks: Looks,
): Promise<Outcome> {
  const { mailbox, transcript } = attempt;
  const evidence = await lookForEvidence(mailbox, null, plan.mark, looks);
  if (evidence.where === 'taken') return sentAlready(attempt);
  if (evidence.where === 'unknown') {
    const text = `${doubt.message} Whether the draft is there can not be seen: ${evidence.text}${askAgain}`;
    return { result: 'uncertain', text, reply: null, transcript: transcript.text() };
  }
  try {
    const item = await leftDraft(attempt, evidence, job, plan);
    return item === null ? outcomeOf(doubt, mailbox.user, transcript.text()) : accepted(attempt, item);
  } catch (error) {
    // It is incomplete or can not be looked at; either way the next try begins with a look.
    return outcomeOf(error, mailbox.user, transcript.text());
  }
}

async function attemptTo(attempt: MailboxAttempt, looks: Looks, job: Job, commit: Commit): Promise<Outcome> {
  const { mailbox, transcript } = attempt;
  let plan: Plan;
  let found: Standing;
  let left: Item | null;
  try {
    plan = await planDraft(job);
    found = await mailbox.find(plan.mark);
    left = await leftDraft(attempt, found, job, plan);
  } catch (error) {
    return outcomeOf(error, mailbox.user, transcript.text());
  }
  await commit();
  if (found.where === 'taken') return sentAlready(attempt);
  if (left !== null) return accepted(attempt, left);
  try {
    return accepted(attempt, await createDraft(mailbox, job, plan));
  } catch (error) {
    if (error instanceof NoAnswer && error.mayHaveArrived) return settleDoubt(attempt, error, job, plan, looks);
    return outcomeOf(error, mailbox.user, transcript.text());
  }
}

export const createOutlookGraphTransport = (settings: OutlookGraphSettings, parts: GraphTransportParts): Transport =>
  throughMailbox(settings, parts, attemptTo);
