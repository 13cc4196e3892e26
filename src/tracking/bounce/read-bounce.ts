// What a mail that came back says: delivery report, fax result, automatic answer, complaint, or nothing of that kind.
import type { BounceAnswer, BounceKind, BounceRecipient } from './answer.ts';
import { readAutoReply } from './auto-reply.ts';
import { readComplaint } from './complaint.ts';
import { readFaxResult } from './fax-result.ts';
import { type Letter, openLetter } from './letter.ts';
import { originalMessageId } from './message-id.ts';
import { isReportInWords, readStatusReport, readWordsReport, type Report } from './report.ts';
import { readServiceNotice } from './service-notice.ts';

const plain = (kind: BounceKind, recipients: readonly BounceRecipient[]): Report => ({
  kind,
  recipients,
  envelopeId: null,
});

/** A person who forwards a report has written a mail of his own, and a read receipt is no delivery (RFC 8098). */
function read(letter: Letter): Report | null {
  const complaint = readComplaint(letter);
  if (complaint) return plain('complaint', complaint);
  if (letter.disposition !== null || letter.feedback !== null) return null;
  const status = readStatusReport(letter);
  if (status) return status;
  const fax = readFaxResult(letter);
  if (fax) return fax;
  const notice = readServiceNotice(letter);
  if (notice) return notice;
  if (isReportInWords(letter)) return readWordsReport(letter);
  const reply = readAutoReply(letter);
  return reply && plain('auto-reply', [reply]);
}

/**
 * Reads one mail. Never throws, and needs neither store nor clock.
 * @param bytes of the mail as it came; what stands behind the first megabyte is not read
 */
export function readBounce(bytes: Uint8Array): BounceAnswer {
  const letter = openLetter(bytes);
  const report = read(letter);
  const isAbout = report !== null || letter.disposition !== null;
  return {
    kind: report?.kind ?? 'none',
    recipients: report?.recipients ?? [],
    originalMessageId: isAbout ? originalMessageId(letter) : null,
    originalEnvelopeId: report?.envelopeId ?? null,
  };
}
