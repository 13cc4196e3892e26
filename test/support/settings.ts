// Settings as tests need them, checked and filled in as the program does it.
import { checkSettings } from '../../src/config/check-settings.ts';
import type { Settings } from '../../src/message/settings.ts';

const type = (name: string, more: object = {}) => ({
  name,
  fileName: `${name} {{ document.number }}.pdf`,
  email: { subject: `${name} {{ document.number }}`, note: 'Please find it attached.', transport: 'office' },
  fax: { subject: `${name} {{ document.number }}`, note: 'It follows.', transport: 'efax' },
  ...more,
});

/** @param rules delivery rules of classes and of all; types and transports: more of them */
export const sampleSettings = (rules: object[] = [], types: object = {}, transports: object = {}): Settings =>
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
    ...Object.entries(transports).map(([name, value]) => ({ section: 'transports', name, value })),
    ...rules.map((value, at) => ({ section: 'rules', name: String(at).padStart(4, '0'), value })),
  ]);
