// From the words that a mail system says about one recipient to a status code and a reason.
import { addressPattern } from './address.ts';
import type { BounceReason } from './answer.ts';
import type { ReasonRule } from './rules/rule.ts';
import { reasonRules } from './rules/reasons.ts';
import { reasonOfCode } from './rules/status-codes.ts';

export interface Judgement {
  reason: BounceReason;
  hard: boolean;
}

/** Words about one recipient are short; a longer text is a manual. */
const longest = 4000;

const someAddress = new RegExp(`<?${addressPattern}>?`, 'gu');
const link = /\bhttps?:\/\/[^\s<>"')\]]{1,500}/gi;
/** The code that each line of a long reply repeats. */
const repeated = /\b([245]\d\d)-(?:[245]\.\d{1,3}\.\d{1,3} )?/g;

/** Names must not be taken for words: a mailbox may be called "blocked". What follows the # of a link neither. */
export const cleanWords = (text: string): string =>
  text
    .slice(0, longest)
    .replace(link, (url) => url.split('#', 1)[0]!)
    .replace(someAddress, '@')
    .replace(repeated, '')
    .replace(/\s+/g, ' ')
    .trim();

const enhanced = /(?<![\d.])(?:[245]\d\d[-\s:'"#(]*)?([245]\.\d{1,3}\.\d{1,3})(?![\d.])/g;

/** The code in the words: one behind a reply code counts more than one alone. A session also shows what went well. */
export function codeIn(text: string, isGood: boolean): string | null {
  const found = [...text.slice(0, longest).matchAll(enhanced)].filter(([, code]) => code!.startsWith('2') === isGood);
  const behindReply = found.find(([whole]) => /^[245]\d\d/.test(whole));
  return (behindReply ?? found[0])?.[1] ?? null;
}

const hardReasons: ReadonlySet<BounceReason> = new Set(['mailbox-unknown', 'domain-unknown']);

/** Refused before any recipient was named: then it is the sender that is not known. */
const beforeRecipient =
  /in reply to (?:MAIL FROM|EHLO|HELO)|after (?:MAIL FROM|initial connection|EHLO|HELO)|>>> MAIL From|did not like our (?:MAIL FROM|EHLO|HELO)|sender was rejected/i;

const judged = (reason: BounceReason, hard = hardReasons.has(reason)): Judgement => ({ reason, hard });

/** What the refusing system itself said begins with its reply code. */
const reply = /(?:^|[\s:'"(])[45]\d\d[-\s:]/;

function ruleFor(text: string): ReasonRule | undefined {
  const words = cleanWords(text);
  return words === '' ? undefined : reasonRules.find(({ pattern }) => pattern.test(words));
}

/** @param words about one recipient, as they stand in the mail. @returns null where no rule knows them */
export function judgeWords(words: string): Judgement | null {
  const at = reply.exec(words)?.index;
  const rule = (at === undefined ? undefined : ruleFor(words.slice(at))) ?? ruleFor(words);
  if (!rule) return null;
  if (hardReasons.has(rule.reason) && beforeRecipient.test(words.slice(0, longest))) return judged('blocked');
  return judged(rule.reason, rule.hard);
}

/** @returns null for a code that says nothing about why */
export function judgeCode(code: string | null): Judgement | null {
  if (code === null) return null;
  const [, subject, detail] = code.split('.');
  const reason = reasonOfCode[`${subject}.${detail}`] ?? reasonOfCode[`${subject}.x`];
  return reason ? judged(reason) : null;
}
