// Nouns to rows and back: where JSON columns are written and read.
import type { Attempt, Batch, Document, Event, Message, Suppression } from '../message/message.ts';
import type {
  AttemptTable,
  BatchTable,
  DocumentTable,
  EventTable,
  MessageContentTable,
  MessageTable,
  SuppressionTable,
} from './schema.ts';

const parsed = <T>(text: string | null): T | null => (text === null ? null : (JSON.parse(text) as T));
export const written = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

// What the database holds was checked when it was written; the casts only give the words their types back.

export const documentOf = (row: DocumentTable): Document => ({ ...row, fault: row.fault as Document['fault'] });

export const batchOf = (row: BatchTable): Batch => ({ ...row, state: row.state as Batch['state'] });

export const attemptOf = (row: AttemptTable): Attempt => ({
  ...row,
  phase: row.phase as Attempt['phase'],
  result: row.result as Attempt['result'],
  reply: parsed(row.reply),
});

export const eventOf = ({ evidenceKey: _, ...row }: EventTable): Event => ({
  ...row,
  subject: row.subject as Event['subject'],
  evidence: parsed(row.evidence),
});

export const suppressionOf = (row: SuppressionTable): Suppression => ({
  ...row,
  channel: row.channel as Suppression['channel'],
});

/** The message without what only the queue needs. */
export const messageOf = (row: MessageTable & Pick<MessageContentTable, 'ingredients'>): Message => {
  const { attempts: _a, deaths: _d, lease: _l, leaseUntil: _u, headerId: _h, envid: _e, ...shown } = row;
  return {
    ...shown,
    channel: row.channel as Message['channel'],
    role: row.role as Message['role'],
    status: row.status as Message['status'],
    phase: row.phase as Message['phase'],
    kind: row.kind as Message['kind'],
    reason: row.reason as Message['reason'],
    ingredients: parsed(row.ingredients),
    why: JSON.parse(row.why) as Message['why'],
    lastReply: parsed(row.lastReply),
  };
};

export const messageRow = ({ ingredients, ...message }: Message): MessageTable => ({
  ...message,
  headerId: ingredients?.messageId ?? null,
  envid: ingredients?.envid ?? null,
  why: JSON.stringify(message.why),
  lastReply: written(message.lastReply),
  attempts: 0,
  deaths: 0,
  lease: null,
  leaseUntil: null,
});

/** @param request what the message was asked to be; routing runs on it again after a correction */
export const contentRow = ({ id, ingredients }: Message, request: unknown): MessageContentTable => ({
  messageId: id,
  ingredients: written(ingredients),
  request: JSON.stringify(request),
});

/**
 * Rows of one statement. Few sizes, so that the texts of the statements repeat and stay prepared; the largest keeps the
 * bound values under 32,766, which SQLite allows (PostgreSQL 65,535).
 */
const portionSizes = [200, 100, 50, 20, 10, 5, 2, 1];

/** The rows in portions that one statement can carry. */
export function* portionsOf<T>(rows: readonly T[]): Generator<T[]> {
  let at = 0;
  for (const size of portionSizes) {
    for (; rows.length - at >= size; at += size) yield rows.slice(at, at + size);
  }
}
