// The right to send to an address that is not on file for the customer: who lacks it may use only what the directory holds.
import { readEmailList, readFaxList } from '../message/address-list.ts';
import { canonicalEmail, checkEmailAddress } from '../message/email-address.ts';
import { OutboxError } from '../message/errors.ts';
import { readFaxNumber } from '../message/fax-number.ts';
import type { Customer } from '../message/settings.ts';
import type { IntakeParts } from '../intake/parts.ts';
import { type Call, signedIn } from './call.ts';
import { byOf } from './caller.ts';

/** As two writings of one address are compared; what can not be right is refused elsewhere, with a better reason. */
function canonical(written: string, country: string): string {
  if (written.includes('@')) return checkEmailAddress(written) === null ? canonicalEmail(written) : written;
  const number = readFaxNumber(written, country);
  return number.ok ? number.e164 : written;
}

const allOf = ({ email, fax, cc, bcc }: Customer): string[] => [...email, ...fax, ...cc, ...bcc];

/** @throws OBX242 */
function demandAll(
  call: Call,
  customer: string,
  wanted: readonly string[],
  known: Customer | undefined,
  country: string,
) {
  const onFile = new Set((known ? allOf(known) : []).map((one) => canonical(one, country)));
  const strange = wanted.find((one) => !onFile.has(canonical(one, country)));
  if (strange === undefined) return;
  const who = byOf(signedIn(call));
  throw new OutboxError('OBX242', { address: strange, customer: customer === '' ? 'no customer' : customer, who });
}

/**
 * Of documents that name addresses of their own.
 * @throws OBX242
 */
export async function demandNamedOnFile(
  call: Call,
  { store, settings }: IntakeParts,
  { customer = '', email = '', fax = '' }: { customer?: string; email?: string; fax?: string },
): Promise<void> {
  const wanted = [...readEmailList(email), ...readFaxList(fax)];
  if (signedIn(call).anyAddress || wanted.length === 0) return;
  const { code, country } = settings.company;
  demandAll(call, customer, wanted, (await store.customers.find(code, [customer])).get(customer), country);
}

/**
 * Of messages that are sent again to another address.
 * @param resend null when nothing is sent
 * @throws OBX231, OBX242
 */
export async function demandOnFile(
  call: Call,
  { store, settings }: IntakeParts,
  resend: { ids: readonly string[]; to: string } | null,
): Promise<void> {
  if (resend === null) throw new OutboxError('OBX231', { detail: 'only resend takes an address (to)' });
  if (signedIn(call).anyAddress) return;
  const { code, country } = settings.company;
  for await (const messages of store.messages.portions(resend.ids)) {
    const numbers = [...new Set(messages.map(({ customer }) => customer))];
    const found = await store.customers.find(code, numbers);
    for (const number of numbers) demandAll(call, number, [resend.to], found.get(number), country);
  }
}
