// Delivery reports: those with a machine part, and those in words alone.
import { addressesIn, addressesOf, firstAddress, isOffice, isSame } from './address.ts';
import type { BounceAction, BounceKind, BounceRecipient } from './answer.ts';
import { readDeliveryStatus, type StatusGroup } from './delivery-status.ts';
import type { Letter } from './letter.ts';
import { fieldOf } from './mime/header.ts';
import { judgeRecipient } from './recipient.ts';
import {
  delayWords,
  failureWords,
  isAny,
  openingWords,
  senderWords,
  subjectWords,
  successWords,
} from './rules/report-words.ts';
import { type Named, namedIn } from './text-recipients.ts';

export interface Report {
  kind: BounceKind;
  recipients: readonly BounceRecipient[];
  envelopeId: string | null;
}

/** A mail with one failed recipient is a bounce, whatever became of the others. */
export function kindOf(recipients: readonly BounceRecipient[]): BounceKind {
  if (recipients.length === 0 || recipients.some(({ action }) => action === 'failed')) return 'bounce';
  return recipients.some(({ action }) => action === 'delayed') ? 'delayed' : 'delivered';
}

/** Addresses that the mail came to: ours. */
const ownAddresses = ({ header }: Letter): string[] =>
  ['to', 'delivered-to', 'x-original-to'].flatMap((name) => addressesOf(fieldOf(header, name)));

const isDelay = ({ subject, words }: Letter): boolean => isAny(delayWords, words) || isAny(delayWords, subject);

const isSuccess = ({ words }: Letter): boolean => isAny(successWords, words) && !failureWords.test(words);

function actionInWords(letter: Letter): BounceAction {
  if (isDelay(letter)) return 'delayed';
  return isSuccess(letter) ? 'delivered' : 'failed';
}

/** The class of the code; 4 may mean that it waits or that it was given up. */
function actionOfStatus(status: string | null): BounceAction | null {
  if (status?.startsWith('2')) return 'delivered';
  return status?.startsWith('5') ? 'failed' : null;
}

function wordsAbout(group: StatusGroup, named: readonly Named[]): string[] {
  const names = [group.address, ...group.others].filter((name) => name !== null);
  return named.filter(({ address }) => names.some((name) => isSame(name, address))).map(({ words }) => words);
}

/** With more recipients than that, what the machine part says of each must do. */
const mostWithWords = 50;

/** @returns null where no recipient stands in a machine part */
export const readStatusReport = (letter: Letter): Report | null => readStatus(letter, letter.statusParts);

function readStatus(letter: Letter, parts: readonly string[]): Report | null {
  const statuses = parts.map(readDeliveryStatus);
  const groups = statuses.flatMap((status) => status.groups);
  if (groups.length === 0) return null;
  const isAlone = groups.length === 1;
  const named = isAlone || groups.length > mostWithWords ? [] : namedIn(letter.words, []);
  // A name within the mail system, a path: the words say whom we know.
  const known = isAlone && groups[0]!.address === null ? (recipientsOf(letter)[0]?.address ?? null) : null;
  const unsaid = actionInWords(letter);
  const around = isAlone ? [letter.words, ...letter.statusParts].join('\n') : '';
  const recipients = groups.map((group) =>
    judgeRecipient({
      address: group.address ?? known,
      action: group.action ?? actionOfStatus(group.status) ?? unsaid,
      status: group.status,
      words: [group.diagnostic, ...wordsAbout(group, named)],
      around,
    }),
  );
  const envelopeId = statuses.find((status) => status.envelopeId !== null)?.envelopeId ?? null;
  return { kind: kindOf(recipients), recipients, envelopeId };
}

/** Answers and forwards of persons begin so, in whatever language. */
const answered = /^\s*(?:re|aw|wg|fwd?|tr|rv|sv|vs|antw|odp|res|enc|r|i)\s*(?:\[\d+\])?\s*:/i;

const openingLength = 1200;

/**
 * Whether a mail without a machine part is a report at all. A mail system must have written it: it says so in its name,
 * its empty return path or a field of its own; else its words must begin like a report and its subject agree.
 */
export function isReportInWords(letter: Letter): boolean {
  const { header, subject, words, from } = letter;
  if (header.has('x-failed-recipients') || header.has('x-ms-exchange-message-is-ndr')) return true;
  if (letter.statusParts.length > 0) return true;
  const opens = isAny(openingWords, words.trimStart().slice(0, openingLength)) || isSuccess(letter);
  const bySystem =
    isAny(senderWords, from) || (from.trim() !== '' && firstAddress(from) === null) || /<\s*>/.test(from);
  const subjectAgrees = isAny(subjectWords, subject);
  const own = ownAddresses(letter);
  const isProven = () => letter.isFromNobody || letter.original.size > 0 || namedIn(words, own).length > 0;
  const bringsItBack = letter.isFromNobody && letter.original.size > 0;
  if (bySystem) return (opens && subjectAgrees) || ((opens || subjectAgrees) && isProven()) || bringsItBack;
  if (!opens || !subjectAgrees || answered.test(subject)) return false;
  return bringsItBack || namedIn(words, own).length > 0 || (letter.isFromNobody && taggedRecipient(own) !== null);
}

/** Tagged return addresses may hold the recipient: bounce+TAG+user=host@us. */
function taggedRecipient(own: readonly string[]): string | null {
  for (const address of own) {
    const tagged = /[+-]([^+@=\s]+)=([\w-]+(?:\.[\w-]+)+)@/.exec(address);
    if (tagged) return `${tagged[1]}@${tagged[2]}`;
  }
  return null;
}

/** No form that is known names the recipient: then it is one that the message went to, or the only one in sight. */
function namedElsewhere(letter: Letter, own: readonly string[]): Named[] {
  const told = (addresses: readonly string[]): Named[] =>
    addresses.map((address) => ({ address, words: letter.words, before: '' }));
  const to = ['to', 'cc'].flatMap((name) => addressesOf(fieldOf(letter.original, name)));
  const strangers = addressesIn(letter.words).filter(
    (one) => !isOffice(one) && !own.some((ours) => isSame(ours, one)) && !isSame(one, firstAddress(letter.from) ?? ''),
  );
  const both = strangers.filter((one) => to.some((other) => isSame(other, one)));
  if (both.length > 0) return told(both);
  const tagged = taggedRecipient(own);
  if (tagged !== null) return told([tagged]);
  if (to.length === 1) return told(to);
  return strangers.length === 1 ? told(strangers) : [];
}

/** The list of a header field is exact; what is said about each stands in the text. */
function recipientsOf(letter: Letter): Named[] {
  const own = ownAddresses(letter);
  const named = namedIn(letter.words, own);
  const listed = addressesOf(fieldOf(letter.header, 'x-failed-recipients'));
  if (listed.length === 0) return named.length > 0 ? named : namedElsewhere(letter, own);
  const inList = ({ address }: Named) => listed.some((one) => isSame(one, address));
  // The field may hold what the address became on the way; the text says what it was.
  if (named.length === listed.length && !named.some(inList)) return named;
  return listed.map((address) => {
    const found = named.find((one) => isSame(one.address, address));
    return found ?? { address, words: listed.length === 1 ? letter.words : '', before: '' };
  });
}

/** The fields of a machine part, in a mail that lost its parts or never had any. */
const statusFields = /^final-recipient[ \t]*:/im;

export function readWordsReport(letter: Letter): Report {
  const status = statusFields.test(letter.words) ? readStatus(letter, [letter.words]) : null;
  if (status) return status;
  const action = actionInWords(letter);
  const named = recipientsOf(letter);
  // What is said once about all of them stands before the first.
  const around = named.length > 1 ? named[0]!.before : `${letter.subject}\n${letter.words}`;
  const said = named.length > 0 ? named : [{ address: null, words: letter.words, before: '' }];
  const recipients = said.map(({ address, words, before }) =>
    judgeRecipient({ address, action, status: null, words: [words, before], around }),
  );
  return { kind: kindOf(recipients), recipients, envelopeId: null };
}
