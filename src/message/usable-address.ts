// Whether an address or number can be used, and if not, why: bad form, or on the list of those not to be used.
import { canonicalEmail, checkEmailAddress, wireAddress } from './email-address.ts';
import { readFaxNumber } from './fax-number.ts';
import type { Suppression } from './message.ts';

export interface CheckedAddress {
  /** An email address as it goes over the line, a number in E.164 where it can be read. */
  recipient: string;
  /** For comparing; equal ones are one recipient. */
  canonical: string;
  reason: 'bad-address' | 'bad-number' | 'suppressed' | null;
  detail: string | null;
}

/** @param canonical canonical email address, or E.164 number */
export type Suppressed = (channel: 'email' | 'fax', canonical: string) => Suppression | null;

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

const judge = (
  channel: 'email' | 'fax',
  recipient: string,
  canonical: string,
  suppressed: Suppressed,
): CheckedAddress => {
  const found = suppressed(channel, canonical);
  if (!found) return { recipient, canonical, reason: null, detail: null };
  const until = found.until === null ? '' : `, until ${dateOf(found.until)}`;
  const detail = `${recipient} is not to be used since ${dateOf(found.since)}${until}: ${found.reason}`;
  return { recipient, canonical, reason: 'suppressed', detail };
};

export function checkAddress(
  channel: 'email' | 'fax',
  written: string,
  country: string,
  suppressed: Suppressed,
): CheckedAddress {
  if (channel === 'fax') {
    const number = readFaxNumber(written, country);
    if (number.ok) return judge('fax', number.e164, number.e164, suppressed);
    return { recipient: written, canonical: written, reason: 'bad-number', detail: `Fax number: ${number.detail}.` };
  }
  const fault = checkEmailAddress(written);
  if (fault === null) return judge('email', wireAddress(written), canonicalEmail(written), suppressed);
  return {
    recipient: written,
    canonical: written,
    reason: 'bad-address',
    detail: `Email address ${written}: ${fault}.`,
  };
}

/** Each recipient once, in the order given. */
export const distinct = (addresses: readonly CheckedAddress[]): readonly CheckedAddress[] =>
  addresses.length < 2
    ? addresses
    : [...new Map(addresses.toReversed().map((address) => [address.canonical, address])).values()].toReversed();
