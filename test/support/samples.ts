// Nouns with every field filled in, for tests that care about one or two of them.
import type { Document, Ingredients, Message } from '../../src/message/message.ts';
import type { Customer } from '../../src/message/settings.ts';
import { newId } from '../../src/store/id.ts';
import type { TakeIn } from '../../src/store/take-in.ts';

export const at = Date.UTC(2026, 10, 24, 9);

export const sampleDocument = (change: Partial<Document> = {}): Document => ({
  id: newId(at),
  batchId: null,
  company: 'ACME',
  type: 'invoice',
  number: '100234',
  revision: '',
  date: '2026-11-24',
  due: '2026-12-24',
  customer: '01-ABF',
  customerName: 'American Business Futures',
  amount: '1250.00',
  currency: 'USD',
  po: null,
  salesperson: null,
  language: null,
  file: 'invoice-100234.pdf',
  sha256: 'a'.repeat(64),
  size: 60_000,
  mediaType: 'application/pdf',
  pages: 2,
  fault: null,
  row: 1,
  createdAt: at,
  ...change,
});

export const sampleIngredients = (change: Partial<Ingredients> = {}): Ingredients => ({
  messageId: `${newId(at)}@acme.example`,
  date: at,
  boundary: 'boundary-seed',
  envid: newId(at),
  from: { name: 'Acme Petroleum', address: 'billing@acme.example' },
  replyTo: null,
  to: ['ap@abf.example'],
  cc: [],
  subject: 'Invoice 100234',
  text: 'Please find invoice 100234 attached.\n',
  html: '<p>Please find invoice 100234 attached.</p>',
  language: null,
  attachments: [],
  title: 'Invoice 100234.pdf',
  ...change,
});

export const sampleMessage = (change: Partial<Message> = {}): Message => ({
  id: newId(at),
  batchId: null,
  company: 'ACME',
  customer: '01-ABF',
  documentType: 'invoice',
  channel: 'email',
  transport: 'office',
  recipient: 'ap@abf.example',
  role: 'to',
  status: 'queued',
  phase: null,
  kind: null,
  reason: null,
  detail: null,
  priority: 10,
  dueAt: at,
  tries: 0,
  subject: 'Invoice 100234',
  ingredients: sampleIngredients(),
  why: { text: 'Email, the first channel of customer 01-ABF.', level: 'customer', source: 'customers.csv' },
  lastReply: null,
  resendOf: null,
  createdAt: at,
  queuedAt: at,
  releasedAt: null,
  deliveredAt: null,
  ...change,
});

export const sampleCustomer = (change: Partial<Customer> = {}): Customer => ({
  company: 'ACME',
  number: '01-ABF',
  name: 'American Business Futures',
  class: null,
  language: null,
  timeZone: null,
  salesperson: null,
  email: ['ap@abf.example'],
  fax: ['(414) 555-0134'],
  cc: [],
  bcc: [],
  deliver: {},
  note: { email: null, fax: null },
  owners: {},
  source: 'customers.csv',
  ...change,
});

/** One message with its one document. */
export function sampleTakeIn(message: Message, keys: { key: string; digest: string }[] = []): TakeIn {
  const document = sampleDocument();
  return {
    batch: null,
    documents: [document],
    messages: [{ message, request: {}, documentIds: [document.id], keys, text: 'Taken in.' }],
    replaced: [],
    events: [],
    by: 'test',
  };
}
