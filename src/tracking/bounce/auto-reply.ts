// Automatic answers: away, received, moved. They say nothing about delivery, except that the mailbox is there.
import { firstAddress } from './address.ts';
import type { BounceRecipient } from './answer.ts';
import type { Letter } from './letter.ts';
import { fieldOf } from './mime/header.ts';
import { replyFields, replySubjects } from './rules/auto-reply.ts';

/** @returns who answers; null where the mail is no automatic answer */
export function readAutoReply({ header, subject, from, isFromNobody }: Letter): BounceRecipient | null {
  const byField = replyFields.some(({ field, value }) => header.get(field)?.some((one) => value.test(one)));
  const bySubject = replySubjects.some(({ pattern }) => pattern.test(subject.trim()));
  const isAnswer = header.has('in-reply-to') || header.has('references');
  const isGenerated = /^auto-generated/i.test(fieldOf(header, 'auto-submitted') ?? '') && isAnswer;
  // Programs that answer leave the return path empty, so that no one answers them (RFC 3834 section 3.3).
  if (!byField && !bySubject && !isGenerated && !isFromNobody) return null;
  return { address: firstAddress(from), action: 'auto-reply', status: null, reason: 'auto-reply', hard: false };
}
