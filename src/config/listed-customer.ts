// Customers that stand in a settings file: the same schema whether few are written by hand or many exported.
import { readEmailList, readFaxList } from '../message/address-list.ts';
import { checkEmailAddress } from '../message/email-address.ts';
import { readFaxNumber } from '../message/fax-number.ts';
import type { Customer } from '../message/settings.ts';
import { checkValue } from './check-entry.ts';
import type { FaultAt, Path } from './fault.ts';
import { isMapping } from './raw-setting.ts';
import { customerSchema } from './schema.ts';
import type { RawCustomer } from './schema.ts';

/** A customer of a settings file. Who owns the fields and where they came from is for the directory to say. */
export interface ListedCustomer extends Omit<Customer, 'company' | 'owners' | 'source'> {
  /** The fields that the file names; the others have their empty values. */
  given: string[];
}

const fill = (number: string, raw: RawCustomer): ListedCustomer => ({
  number,
  name: raw.name ?? '',
  class: raw.class ?? null,
  language: raw.language ?? null,
  timeZone: raw.timeZone ?? null,
  salesperson: raw.salesperson ?? null,
  email: (raw.email ?? []).flatMap(readEmailList),
  fax: (raw.fax ?? []).flatMap(readFaxList),
  cc: (raw.cc ?? []).flatMap(readEmailList),
  bcc: (raw.bcc ?? []).flatMap(readEmailList),
  deliver: raw.deliver ?? {},
  note: { email: raw.note?.email ?? null, fax: raw.note?.fax ?? null },
  given: Object.keys(raw),
});

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const numberForm = /^[^\u0000-\u001f\u007f]{1,64}$/;

function readCustomer(number: string, value: unknown, path: Path): { customer?: ListedCustomer; faults: FaultAt[] } {
  if (!numberForm.test(number) || number.trim() !== number) {
    return {
      faults: [
        { path, detail: 'this can not be a customer number', hint: 'at most 64 characters, no blanks around it' },
      ],
    };
  }
  const { value: raw, faults } = checkValue(customerSchema, value, path);
  return raw === undefined ? { faults } : { customer: fill(number, raw), faults };
}

/** The customers under `customers:`, and the faults found there. */
export function readCustomers(value: unknown): { customers: ListedCustomer[]; faults: FaultAt[] } {
  if (value === undefined || value === null) return { customers: [], faults: [] };
  if (!isMapping(value)) {
    const hint = 'write each customer under its number';
    return { customers: [], faults: [{ path: ['customers'], detail: 'this must be a group of keys', hint }] };
  }
  const read = Object.entries(value).map(([number, entry]) => readCustomer(number, entry, ['customers', number]));
  return {
    customers: read.flatMap(({ customer }) => customer ?? []),
    faults: read.flatMap(({ faults }) => faults),
  };
}

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
};

/** Addresses, numbers and time zones that can not be used: no faults, since a customer file may hold them too. */
export function checkCustomers(customers: readonly ListedCustomer[], country: string): FaultAt[] {
  const found: FaultAt[] = [];
  for (const customer of customers) {
    const path = ['customers', customer.number];
    for (const field of ['email', 'cc', 'bcc'] as const) {
      for (const [index, written] of customer[field].entries()) {
        const detail = checkEmailAddress(written);
        if (detail) found.push({ path: [...path, field, index], detail, hint: 'its messages will be blocked' });
      }
    }
    for (const [index, written] of customer.fax.entries()) {
      const number = readFaxNumber(written, country);
      if (!number.ok)
        found.push({ path: [...path, 'fax', index], detail: number.detail, hint: 'its faxes will be blocked' });
    }
    if (customer.timeZone !== null && !isTimeZone(customer.timeZone)) {
      found.push({ path: [...path, 'timeZone'], detail: 'there is no such time zone', hint: 'such as America/Denver' });
    }
  }
  return found;
}

/** True where the number can be dialled. */
export const isFaxNumber = (written: string, country: string): boolean => readFaxNumber(written, country).ok;
