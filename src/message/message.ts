// The nouns: document, message, batch, attempt, event, suppression. Shapes only; their rules are in the files beside this one.
import type { FailureKind, Phase, Status } from './status.ts';

/** Epoch milliseconds. */
export type Time = number;

export const channels = ['email', 'fax', 'print', 'none'] as const;
export type Channel = (typeof channels)[number];

/** Why this recipient is among the recipients of its document set. */
export type Role = 'to' | 'cc' | 'bcc' | 'salesperson';

/** Reasons of `blocked`, `held` and `failed`. One vocabulary; the sentences are in reasons.ts. */
export type { Reason } from './reasons.ts';
import type { Reason } from './reasons.ts';

/** Bytes by content: the name of a file in the file store. */
export interface Blob {
  /** Lower-case hex. */
  sha256: string;
  /** Bytes. */
  size: number;
  mediaType: string;
}

export interface Document extends Blob {
  id: string;
  batchId: string | null;
  company: string;
  type: string;
  /** As the ERP writes it, verbatim; empty when the document has none. */
  number: string;
  revision: string;
  /** ISO date, or null. */
  date: string | null;
  due: string | null;
  /** Customer number, verbatim; empty when unknown. */
  customer: string;
  customerName: string;
  /** Decimal as text, with a point, or null. */
  amount: string | null;
  currency: string | null;
  po: string | null;
  salesperson: string | null;
  language: string | null;
  /** The name under which it was taken in. */
  file: string;
  /** Null when it could not be read. */
  pages: number | null;
  /** What the look at the bytes found wrong, or null. */
  fault: Reason | null;
  /** Row of the manifest (1 = first document), or null. */
  row: number | null;
  createdAt: Time;
}

/** One part of a message as the recipient gets it. */
export interface Attachment extends Blob {
  /** The descriptive name. */
  name: string;
}

/** Why this address: shown to whoever asks. */
export interface Why {
  /** In words: "Email, the first channel of customer 01-ABF for invoice". */
  text: string;
  level: 'row' | 'command' | 'customer' | 'class' | 'type' | 'company' | 'none';
  /** Where it came from: "manifest row 3", "customers.csv, 2026-11-24". */
  source: string;
}

/**
 * What a message is made of, frozen when it is queued: the same ingredients always compose the same bytes.
 * Nothing in here may change between tries (docs/promises.md, 3).
 */
export interface Ingredients {
  /** Without angle brackets. */
  messageId: string;
  /** Of the Date header. */
  date: Time;
  /** Seed of the MIME boundaries. */
  boundary: string;
  /** RFC 3461 ENVID, at most 100 characters. */
  envid: string;
  from: { name: string; address: string };
  replyTo: string | null;
  /** The visible headers, the same on every copy of the set. For a fax gateway: one address made from the number. */
  to: string[];
  cc: string[];
  subject: string;
  /** Plain text of the note, "\n" line ends; may be empty. */
  text: string;
  /** HTML of the note, or null where only text is sent (fax). */
  html: string | null;
  language: string | null;
  attachments: Attachment[];
  /** Descriptive name of the whole set, for a driver: the first attachment's name. */
  title: string;
}

export interface LastReply {
  /** SMTP code, or the exit code of a driver. */
  code: number | null;
  /** RFC 3463, such as "5.1.1". */
  enhanced: string | null;
  text: string;
}

export interface Message {
  id: string;
  batchId: string | null;
  company: string;
  customer: string;
  documentType: string;
  channel: Channel;
  /** Name of the transport; null while blocked without one, and for print. */
  transport: string | null;
  /** Email address, or fax number in E.164; empty while none is known. */
  recipient: string;
  role: Role;
  status: Status;
  phase: Phase | null;
  kind: FailureKind | null;
  reason: Reason | null;
  /** What exactly is wrong, in words: the part of the reason that only this message has. */
  detail: string | null;
  priority: number;
  dueAt: Time | null;
  /** Tries that counted against this message. */
  tries: number;
  subject: string;
  ingredients: Ingredients | null;
  why: Why;
  lastReply: LastReply | null;
  resendOf: string | null;
  createdAt: Time;
  queuedAt: Time | null;
  releasedAt: Time | null;
  deliveredAt: Time | null;
}

export type BatchState = 'draft' | 'sealed' | 'refused';

export interface Batch {
  id: string;
  company: string;
  name: string;
  /** "manifest invoices.csv", "hot folder", "command". */
  source: string;
  state: BatchState;
  expectedCount: number | null;
  expectedAmount: string | null;
  createdAt: Time;
  sealedAt: Time | null;
}

export type AttemptResult = 'accepted' | 'put-back' | 'refused' | 'uncertain' | 'interrupted';

export interface Attempt {
  id: string;
  messageId: string;
  number: number;
  transport: string;
  worker: string;
  phase: Phase;
  startedAt: Time;
  endedAt: Time | null;
  result: AttemptResult | null;
  reply: LastReply | null;
  /** The dialogue, one line each, secrets left out. */
  transcript: string | null;
}

export const subjects = [
  'message',
  'batch',
  'document',
  'customer',
  'transport',
  'setting',
  'suppression',
  'user',
  'key',
] as const;
export type Subject = (typeof subjects)[number];

/** Append-only line of a history. */
export interface Event {
  id: string;
  subject: Subject;
  subjectId: string;
  at: Time;
  /** Trigger of the status machine, or another verb: "imported", "changed". */
  what: string;
  /** Who or what caused it: "clerk anna", "worker 1234", "import customers.csv". */
  by: string;
  text: string;
  /** Replies, reports, old and new values. */
  evidence: Record<string, unknown> | null;
}

export interface Suppression {
  id: string;
  channel: Channel;
  /** Canonical: lower-case domain of an address, E.164 of a number. */
  address: string;
  reason: string;
  since: Time;
  until: Time | null;
  by: string;
}
