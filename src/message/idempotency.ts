// Keys that make the same request the same message (docs/promises.md, 5): one for every document, channel and recipient.
import { createHash } from 'node:crypto';
import { canonicalEmail } from './email-address.ts';
import type { Channel, Document } from './message.ts';

/** Parts are joined with their lengths, so that no two lists of parts make the same key. */
const join = (parts: readonly string[]): string =>
  createHash('sha256')
    .update(parts.map((part) => `${part.length}:${part}`).join(''))
    .digest('hex');

/**
 * @param given the caller's own key, or null: company, type, number and revision stand in; without a number, the bytes
 * @param recipient email address, or number in E.164
 */
export function deliveryKey(
  given: string | null,
  document: Pick<Document, 'company' | 'type' | 'number' | 'revision' | 'sha256'>,
  channel: Channel,
  recipient: string,
): string {
  const { company, type, number, revision, sha256 } = document;
  const to = channel === 'email' ? canonicalEmail(recipient) : recipient;
  if (given !== null) return join(['given', company, given, channel, to]);
  if (number === '') return join(['bytes', company, type, sha256, channel, to]);
  return join(['number', company, type, number, revision, channel, to]);
}
