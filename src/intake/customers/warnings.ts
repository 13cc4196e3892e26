// What in a row of a customer file can not be used as it is. It is taken in all the same, and said.
import { checkEmailAddress } from '../../message/email-address.ts';
import { readFaxNumber } from '../../message/fax-number.ts';
import type { CustomerRow } from './customer-row.ts';

/**
 * One line for every bad address, number, time zone and unknown document type of `row`.
 * @param country says how bare numbers are read
 * @param types codes of the document types that the settings know
 */
export function warningsOf(
  row: CustomerRow,
  country: string,
  types: readonly string[],
): { line: number; customer: string; detail: string }[] {
  const details = [
    ...addressWarnings(row),
    ...numberWarnings(row, country),
    ...zoneWarnings(row),
    ...typeWarnings(row, types),
  ];
  return details.map((detail) => ({ line: row.line, customer: row.customer, detail }));
}

function* addressWarnings({ fields }: CustomerRow): Generator<string> {
  for (const field of ['email', 'cc', 'bcc'] as const) {
    for (const address of fields[field] ?? []) {
      const fault = checkEmailAddress(address);
      if (fault) yield `${field} "${address}": ${fault}`;
    }
  }
}

function* numberWarnings({ fields }: CustomerRow, country: string): Generator<string> {
  for (const number of fields.fax ?? []) {
    const read = readFaxNumber(number, country);
    if (!read.ok) yield `fax "${number}": ${read.detail}`;
  }
}

function* zoneWarnings({ fields }: CustomerRow): Generator<string> {
  if (fields.timeZone && !isTimeZone(fields.timeZone)) {
    yield `timeZone "${fields.timeZone}" is not known: write an IANA name such as America/Denver`;
  }
}

function* typeWarnings({ fields }: CustomerRow, types: readonly string[]): Generator<string> {
  for (const type of Object.keys(fields.deliver ?? {})) {
    if (type === 'default' || types.includes(type)) continue;
    yield `deliver: there is no document type "${type}"; the settings know ${types.join(', ') || 'none'}`;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name }).format(0);
    return true;
  } catch {
    return false;
  }
}
