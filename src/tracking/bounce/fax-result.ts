// Fax results: the mails of HylaFAX and of email-to-fax gateways.
import type { BounceAction, BounceRecipient } from './answer.ts';
import type { Letter } from './letter.ts';
import { faxOutcomes, faxReasons, faxWords, incomingFax, numberNames } from './rules/fax.ts';
import { kindOf, type Report } from './report.ts';

const ordinaryAnswer = /^\s*(?:re|aw|wg|fwd?)\s*:/i;
/** International, or a plain run of digits: an invoice has a number too. */
const numberIn = /(?<![\w-])(\+\d[\d ()/.-]{5,24}\d|\d{7,15})(?![\w-])/;

const outcomeIn = (text: string): BounceAction | undefined =>
  faxOutcomes.find(({ pattern }) => pattern.test(text))?.action;

function judge(words: string): Pick<BounceRecipient, 'reason' | 'hard'> {
  const rule = faxReasons.find(({ pattern }) => pattern.test(words));
  return { reason: rule?.reason ?? 'other', hard: rule?.reason === 'mailbox-unknown' };
}

/** @returns null where the mail is no fax result: it must speak of a fax, tell a number and an outcome, and be no answer of a person */
export function readFaxResult({ subject, from, words }: Letter): Report | null {
  const isFax = faxWords.test(subject) || (faxWords.test(from) && numberIn.test(subject));
  if (!isFax || ordinaryAnswer.test(subject) || incomingFax.test(subject)) return null;
  const opening = words.slice(0, 2000);
  const inSubject = numberNames.exec(subject) ?? numberIn.exec(subject);
  const number = inSubject ?? (outcomeIn(subject) ? numberNames.exec(opening) : null);
  // A job that waits is told by the subject as one that was blocked.
  const waits = outcomeIn(`${subject}\n${opening}`) === 'delayed';
  const action = waits ? 'delayed' : (outcomeIn(subject) ?? outcomeIn(opening));
  if (!number || !action) return null;
  const address = number[1]!.trim();
  const recipient: BounceRecipient =
    action === 'failed'
      ? { address, action, status: null, ...judge(opening) }
      : { address, action, status: null, reason: action === 'delayed' ? 'delayed' : 'delivered', hard: false };
  return { kind: kindOf([recipient]), recipients: [recipient], envelopeId: null };
}
