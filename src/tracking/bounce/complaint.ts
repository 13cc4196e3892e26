// Complaints: the recipient has marked the message as spam, or wants no more (ARF, RFC 5965).
import { addressesOf, addressOfField, firstAddress } from './address.ts';
import type { BounceRecipient } from './answer.ts';
import type { Letter } from './letter.ts';
import { fieldOf, type Header, readHeader } from './mime/header.ts';
import { limits } from './mime/limits.ts';

/** Reports on failed authentication (RFC 6591) and on what was no spam are no complaints. */
const complaints = /^(?:abuse|fraud|opt-out|opt-out-list|virus|miscategorized|other)\b/i;

const recipientOf = (address: string | null): BounceRecipient => ({
  address,
  action: 'complaint',
  status: null,
  reason: 'complaint',
  hard: false,
});

function complainers(report: Header, original: Header): string[] {
  const named = (report.get('original-rcpt-to') ?? []).map(addressOfField).filter((one) => one !== null);
  if (named.length > 0) return [...new Set(named)].slice(0, limits.recipients);
  const listed = ['removal-recipient', 'redacted-address', 'x-hmxmroriginalrecipient'];
  const found = listed.flatMap((name) => [
    ...addressesOf(fieldOf(report, name)),
    ...addressesOf(fieldOf(original, name)),
  ]);
  return found.length > 0 ? [found[0]!] : addressesOf(fieldOf(original, 'to')).slice(0, 1);
}

/** @returns who complains; null where the mail is no complaint */
export function readComplaint(letter: Letter): BounceRecipient[] | null {
  const { header, feedback, original, subject, from } = letter;
  if (fieldOf(header, 'x-apple-unsubscribe')?.toLowerCase() === 'true') return [recipientOf(firstAddress(from))];
  // Hotmail's programme sends the message alone, in a mail of its own shape.
  const byHotmail = original.has('x-hmxmroriginalrecipient') && /^complaint about message/i.test(subject);
  if (feedback === null && !byHotmail) return null;
  const report = readHeader(feedback ?? '');
  if (!byHotmail && !complaints.test(fieldOf(report, 'feedback-type') ?? '')) return null;
  const addresses = complainers(report, original);
  return addresses.length > 0 ? addresses.map(recipientOf) : [recipientOf(null)];
}
