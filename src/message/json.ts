// A message as JSON: the shape that scripts read. Fields are added, never renamed or taken away.
import type { Document, Message } from './message.ts';
import { adviceOf } from './advice.ts';

const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const messageAsJson = (message: Message, documents: readonly Document[]) => ({
  id: message.id,
  batch: message.batchId,
  status: message.status,
  kind: message.kind,
  reason: message.reason,
  detail: message.detail,
  nextStep:
    message.reason === null
      ? null
      : adviceOf(message.reason, message.detail, message.id, message.transport, message.why.level),
  channel: message.channel,
  recipient: message.recipient,
  role: message.role,
  company: message.company,
  customer: message.customer,
  subject: message.subject,
  transport: message.transport,
  tries: message.tries,
  dueAt: time(message.dueAt),
  messageId: message.ingredients?.messageId ?? null,
  why: message.why,
  documents: documents.map(({ id, type, number, customer, file, sha256, pages }) => ({
    id,
    type,
    number,
    customer,
    file,
    sha256,
    pages,
  })),
  lastReply: message.lastReply,
  createdAt: time(message.createdAt)!,
  releasedAt: time(message.releasedAt),
  deliveredAt: time(message.deliveredAt),
  resendOf: message.resendOf,
});
