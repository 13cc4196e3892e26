// Addresses and numbers that a person does not want used, and wants used again.
import { canonicalEmail, checkEmailAddress } from '../message/email-address.ts';
import { OutboxError } from '../message/errors.ts';
import { readFaxNumber } from '../message/fax-number.ts';
import type { Suppression } from '../message/message.ts';
import { newId } from '../store/id.ts';
import type { Store } from '../store/store.ts';

const wrong = (written: string, detail: string): OutboxError =>
  new OutboxError('OBX013', {
    place: 'suppressions',
    field: written,
    detail,
    hint: 'Give an email address or a fax number.',
  });

export type SuppressedAddress = Pick<Suppression, 'channel' | 'address'>;

/** As routing compares it. @throws OBX013 */
export function readAddress(written: string, country: string): SuppressedAddress {
  if (written.includes('@')) {
    const fault = checkEmailAddress(written);
    if (fault) throw wrong(written, `can not be an email address: ${fault}.`);
    return { channel: 'email', address: canonicalEmail(written) };
  }
  const number = readFaxNumber(written, country);
  if (!number.ok) throw wrong(written, `can not be a fax number: ${number.detail}.`);
  return { channel: 'fax', address: number.e164 };
}

const isoOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

export const suppressionAsJson = ({ channel, address, reason, since, until, by }: Suppression) => ({
  channel,
  address,
  reason,
  since: isoOf(since)!,
  until: isoOf(until),
  by,
});

/** Those in force, by address. */
export const activeSuppressions = async (store: Store): Promise<Suppression[]> =>
  (await store.suppressions.active(Date.now())).toSorted((a, b) => (a.address < b.address ? -1 : 1));

const note = (store: Store, { channel, address }: SuppressedAddress, what: string, by: string, text: string) =>
  store.events.append({ subject: 'suppression', subjectId: `${channel} ${address}`, at: Date.now(), what, by, text });

/** From now on it is not used. @param until epoch ms; null: until it is lifted */
export async function suppress(
  store: Store,
  address: SuppressedAddress,
  { reason, until, by }: { reason: string | null; until: number | null; by: string },
): Promise<Suppression> {
  const since = Date.now();
  const words = reason ?? `put on the list by ${by}`;
  const suppression = { id: newId(since), ...address, reason: words, since, until, by };
  await store.suppressions.add(suppression);
  const end = until === null ? '' : ` until ${isoOf(until)}`;
  await note(store, address, 'suppressed', by, `Not to be used${end}: ${words}`);
  return suppression;
}

/** It may be used again. @throws OBX009 when it is not on the list */
export async function lift(store: Store, address: SuppressedAddress, by: string): Promise<void> {
  if (!(await store.suppressions.lift(address.channel, address.address))) {
    const hint = 'outbox suppressions list shows the addresses that are not used.';
    throw new OutboxError('OBX009', { what: 'suppression of', id: address.address, hint });
  }
  await note(store, address, 'lifted', by, 'May be used again.');
}
