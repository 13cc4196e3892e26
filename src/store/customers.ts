// The directory: customers with their contacts and delivery rules.
import { sql } from 'kysely';
import type { Channel } from '../message/message.ts';
import type { Customer } from '../message/settings.ts';
import { askOften } from './ask-often.ts';
import { appendEvents } from './events.ts';
import { portionsOf } from './rows.ts';
import type { Connection, ContactTable, CustomerTable, Database, Tables } from './schema.ts';

const contactKinds = ['email', 'fax', 'cc', 'bcc'] as const;

const customerRow = (customer: Customer, at: number): CustomerTable => ({
  company: customer.company,
  number: customer.number,
  name: customer.name,
  class: customer.class,
  language: customer.language,
  timeZone: customer.timeZone,
  salesperson: customer.salesperson,
  noteEmail: customer.note.email,
  noteFax: customer.note.fax,
  owners: JSON.stringify(customer.owners),
  source: customer.source,
  updatedAt: at,
});

const contactRows = (customer: Customer): ContactTable[] =>
  contactKinds.flatMap((kind) =>
    customer[kind].map((address, position) => ({
      company: customer.company,
      customer: customer.number,
      kind,
      position,
      address,
    })),
  );

const ruleRows = (customer: Customer): Tables['deliveryRule'][] =>
  Object.entries(customer.deliver).map(([documentType, channels]) => ({
    company: customer.company,
    customer: customer.number,
    documentType,
    channels: JSON.stringify(channels),
  }));

function customerOf(row: CustomerTable, contacts: ContactTable[], rules: Tables['deliveryRule'][]): Customer {
  const of = (kind: (typeof contactKinds)[number]): string[] =>
    contacts
      .filter((contact) => contact.kind === kind)
      .toSorted((a, b) => a.position - b.position)
      .map((contact) => contact.address);
  return {
    company: row.company,
    number: row.number,
    name: row.name,
    class: row.class,
    language: row.language,
    timeZone: row.timeZone,
    salesperson: row.salesperson,
    email: of('email'),
    fax: of('fax'),
    cc: of('cc'),
    bcc: of('bcc'),
    deliver: Object.fromEntries(rules.map((rule) => [rule.documentType, JSON.parse(rule.channels) as Channel[]])),
    note: { email: row.noteEmail, fax: row.noteFax },
    owners: JSON.parse(row.owners) as Record<string, string>,
    source: row.source,
  };
}

/** Contacts and rules go with the customer (on delete cascade), so one delete and three inserts are the whole change. */
async function replace(connection: Connection, customers: readonly Customer[], at: number): Promise<void> {
  for (const customer of customers) {
    await connection
      .deleteFrom('customer')
      .where('company', '=', customer.company)
      .where('number', '=', customer.number)
      .execute();
  }
  for (const rows of portionsOf(customers.map((customer) => customerRow(customer, at)))) {
    await connection.insertInto('customer').values(rows).execute();
  }
  for (const rows of portionsOf(customers.flatMap(contactRows))) {
    await connection.insertInto('contact').values(rows).execute();
  }
  for (const rows of portionsOf(customers.flatMap(ruleRows))) {
    await connection.insertInto('deliveryRule').values(rows).execute();
  }
}

const group = <T>(rows: readonly T[], by: (row: T) => string): Map<string, T[]> => Map.groupBy(rows, by);

function addTo(
  found: Map<string, Customer>,
  customers: readonly CustomerTable[],
  contacts: readonly ContactTable[],
  rules: readonly Tables['deliveryRule'][],
): void {
  const contactsOf = group(contacts, (row) => row.customer);
  const rulesOf = group(rules, (row) => row.customer);
  for (const row of customers) {
    found.set(row.number, customerOf(row, contactsOf.get(row.number) ?? [], rulesOf.get(row.number) ?? []));
  }
}

export const createCustomers = (db: Database) => {
  const askCustomers = askOften(db, (numbers, company: string) =>
    db
      .selectFrom('customer')
      .selectAll()
      .where('company', '=', company)
      .where('number', 'in', numbers)
      .orderBy('number'),
  );
  const askContacts = askOften(db, (numbers, company: string) =>
    db.selectFrom('contact').selectAll().where('company', '=', company).where('customer', 'in', numbers),
  );
  const askRules = askOften(db, (numbers, company: string) =>
    db.selectFrom('deliveryRule').selectAll().where('company', '=', company).where('customer', 'in', numbers),
  );

  /** @param numbers verbatim */
  const find = async (company: string, numbers: readonly string[]): Promise<Map<string, Customer>> => {
    const found = new Map<string, Customer>();
    for (const some of portionsOf([...new Set(numbers)].filter(Boolean))) {
      const customers = await askCustomers(some, company);
      if (customers.length === 0) continue;
      addTo(found, customers, await askContacts(some, company), await askRules(some, company));
    }
    return found;
  };

  const all = async (company: string): Promise<Map<string, Customer>> => {
    const found = new Map<string, Customer>();
    const customers = db.selectFrom('customer').selectAll().where('company', '=', company).orderBy('number');
    const contacts = db.selectFrom('contact').selectAll().where('company', '=', company);
    const rules = db.selectFrom('deliveryRule').selectAll().where('company', '=', company);
    addTo(found, ...(await Promise.all([customers.execute(), contacts.execute(), rules.execute()])));
    return found;
  };

  return {
    find,
    all,

    /** By number. @param after number of a customer: only those behind it; search: part of a number or name */
    async page(
      company: string,
      { after, search, most }: { after: string | null; search: string | null; most: number },
    ): Promise<Customer[]> {
      const text = `%${(search ?? '').toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
      const like = (column: string) => sql<boolean>`lower(${sql.ref(column)}) like ${text} escape '\\'`;
      const rows = await db
        .selectFrom('customer')
        .select('number')
        .where('company', '=', company)
        .$if(after !== null, (query) => query.where('number', '>', after!))
        .$if(search !== null, (query) => query.where((where) => where.or([like('number'), like('name')])))
        .orderBy('number')
        .limit(most)
        .execute();
      const found = await find(
        company,
        rows.map(({ number }) => number),
      );
      return rows.flatMap(({ number }) => found.get(number) ?? []);
    },

    /** Writes new and changed customers in one transaction, with a line in the history of each. */
    async save(
      customers: readonly Customer[],
      at: number,
      by: string,
      textOf: (customer: Customer) => string,
    ): Promise<void> {
      await db.transaction().execute(async (connection) => {
        await replace(connection, customers, at);
        await appendEvents(
          connection,
          customers.map((customer) => ({
            subject: 'customer',
            subjectId: `${customer.company}/${customer.number}`,
            at,
            what: 'changed',
            by,
            text: textOf(customer),
          })),
        );
      });
    },
  };
};
