// Values of a customer's fields: whether two are the same, and how one reads.
import type { Customer } from '../../message/settings.ts';
import type { CustomerField } from './customer-row.ts';
import { writeDeliver } from './deliver.ts';

type Value = Customer[CustomerField];

/** The value in words of a customer file; nothing is ''. */
export function writeValue(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? value.join('; ') : writeDeliver(value);
}

/** The order of document types in a delivery rule says nothing; the order of channels and addresses does. */
export function sameValue(one: Value, other: Value): boolean {
  return JSON.stringify(inOrder(one)) === JSON.stringify(inOrder(other));
}

function inOrder(value: Value): unknown {
  if (value === null || typeof value === 'string' || Array.isArray(value)) return value;
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
