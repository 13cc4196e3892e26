// Settings and customers as tests need them, checked and filled in as the program does it.
import { checkSettings } from '../../src/config/check-settings.ts';
import type { Customer, Settings } from '../../src/message/settings.ts';

const type = (name: string, more: object = {}) => ({
  name,
  fileName: `${name} {{ document.number }}.pdf`,
  email: { subject: `${name} {{ document.number }}`, note: 'Please find it attached.', transport: 'office' },
  fax: { subject: `${name} {{ document.number }}`, note: 'It follows.', transport: 'efax' },
  ...more,
});

/** @param rules delivery rules of classes and of all */
export const sampleSettings = (rules: object[] = [], types: object = {}): Settings =>
  checkSettings([
    {
      section: 'company',
      name: '',
      value: { code: 'ACME', name: 'Acme Petroleum', email: 'billing@acme.example', country: 'US' },
    },
    ...Object.entries({
      invoice: type('Invoice'),
      statement: type('Statement'),
      order: type('Order', { email: undefined }),
      ...types,
    }).map(([name, value]) => ({ section: 'documentTypes', name, value })),
    { section: 'transports', name: 'office', value: { kind: 'smtp', host: 'mail.acme.example' } },
    {
      section: 'transports',
      name: 'efax',
      value: { kind: 'smtp', host: 'mail.acme.example', address: '{{ fax.digits }}@efax.example' },
    },
    ...rules.map((value, at) => ({ section: 'rules', name: String(at).padStart(4, '0'), value })),
  ]);

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
