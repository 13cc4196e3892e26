// The directory: lists, one customer, its addresses, and a file of many.
import { readFile } from 'node:fs/promises';
import { importCustomerFile } from '../../intake/customers/import.ts';
import { warningsOf } from '../../intake/customers/warnings.ts';
import { controlCharacter } from '../../message/control-characters.ts';
import { OutboxError } from '../../message/errors.ts';
import type { Customer } from '../../message/settings.ts';
import { by, type Call, type Handlers, pageOf } from '../call.ts';
import { eventAsJson } from './messages.ts';

/** @throws OBX009 */
async function demandCustomer({ parts }: Call, number: string): Promise<Customer> {
  const { store, settings } = parts.opened;
  const found = (await store.customers.find((await settings()).company.code, [number])).get(number);
  if (found) return found;
  throw new OutboxError('OBX009', { what: 'customer', id: number, hint: 'Import the customer first.' });
}

/** An address that can not be used is refused, since a person gives it. @throws OBX013 */
function demandUsable(customer: Customer, fields: object, country: string): void {
  const odd = Object.entries(fields as Record<string, string[]>).flatMap(([field, values]) =>
    values.filter((value) => controlCharacter(value) !== null).map(() => `${field} holds a control character`),
  );
  const row = { line: 0, customer: customer.number, fields };
  const [first] = [...odd, ...warningsOf(row, country, []).map(({ detail }) => detail)];
  if (first === undefined) return;
  const facts = { place: `customer ${customer.number}`, field: 'addresses', detail: `can not be used: ${first}` };
  throw new OutboxError('OBX013', { ...facts, hint: 'Give email addresses and fax numbers.' });
}

export const customerHandlers: Handlers<'listCustomers' | 'getCustomer' | 'setAddresses' | 'importCustomers'> = {
  async listCustomers({ query }, { parts }) {
    const { store, settings } = parts.opened;
    const { cursor = null, limit, search = null } = query;
    const found = await store.customers.page((await settings()).company.code, {
      after: cursor,
      search,
      most: limit + 1,
    });
    return pageOf(
      found,
      limit,
      ({ number }) => number,
      (customer) => customer,
    );
  },

  async getCustomer({ params }, call) {
    const customer = await demandCustomer(call, params.number);
    const { company, number } = customer;
    const history = await call.parts.opened.store.events.of('customer', `${company}/${number}`);
    return { ...customer, history: history.map(eventAsJson) };
  },

  async setAddresses({ params, body }, call) {
    const { store, settings } = call.parts.opened;
    const customer = await demandCustomer(call, params.number);
    const fields = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
    demandUsable(customer, fields, (await settings()).company.country);
    const owners = Object.fromEntries(Object.keys(fields).map((field) => [field, by(call)]));
    const after = { ...customer, ...fields, owners: { ...customer.owners, ...owners } };
    const text = Object.entries(fields).map(([field, values]) => `${field}: ${values!.join('; ') || '(none)'}`);
    await store.customers.save([after], call.parts.now(), by(call), () => text.join(', '));
    return after;
  },

  async importCustomers({ form }, call) {
    const [file] = call.files;
    if (!file) throw new OutboxError('OBX231', { detail: 'no file came with it' });
    const { store, settings } = call.parts.opened;
    const dryRun = form.dryRun ?? false;
    const given = { bytes: await readFile(file.path), file: file.name, map: form.map ?? null };
    const plan = await importCustomerFile(given, { store, settings: await settings() }, dryRun);
    return {
      dryRun,
      new: plan.new.map(({ number }) => number),
      changed: plan.changed.map(({ after, fields }) => ({ customer: after.number, fields })),
      unchanged: plan.unchanged,
      kept: plan.kept,
      refused: plan.refused,
      warnings: plan.warnings,
      unknownColumns: plan.unknownColumns,
    };
  },
};
