// By which channels a customer gets a document type, and which rule says so. The nearest rule wins.
import type { Channel, Why } from './message.ts';
import type { Customer, DocumentType, Settings } from './settings.ts';

export interface AppliedRule {
  channels: readonly Channel[];
  level: Why['level'];
  /** "the rule of customer 01-ABF for statement". */
  text: string;
  source: string;
}

type Deliver = Readonly<Record<string, readonly Channel[]>>;

const pick = (deliver: Deliver, type: string): { channels: readonly Channel[]; of: string } | null => {
  const forType = deliver[type];
  if (forType) return { channels: forType, of: `for ${type}` };
  return deliver['default'] ? { channels: deliver['default'], of: 'for all documents' } : null;
};

function customerRule(customer: Customer, type: string): AppliedRule | null {
  const found = pick(customer.deliver, type);
  if (!found) return null;
  const text = `the rule of customer ${customer.number} ${found.of}`;
  return { channels: found.channels, level: 'customer', text, source: customer.source };
}

function settingsRule(settings: Settings, wanted: string | null, type: string): AppliedRule | null {
  for (const rule of settings.rules) {
    if (rule.class !== wanted) continue;
    const found = pick(rule.deliver, type);
    if (!found) continue;
    const text = wanted === null ? `the general rule ${found.of}` : `the rule of class ${wanted} ${found.of}`;
    return { channels: found.channels, level: wanted === null ? 'company' : 'class', text, source: 'settings, rules' };
  }
  return null;
}

/** Customer, class of the customer, general rule, document type, company: the first that says something. */
export function deliveryRule(settings: Settings, type: DocumentType, customer: Customer | null): AppliedRule {
  const found =
    (customer && customerRule(customer, type.code)) ??
    (customer?.class ? settingsRule(settings, customer.class, type.code) : null) ??
    settingsRule(settings, null, type.code);
  if (found) return found;
  if (type.deliver) {
    const text = `the rule of document type ${type.code}`;
    return { channels: type.deliver, level: 'type', text, source: 'settings, documentTypes' };
  }
  const text = 'the rule of the company';
  return { channels: settings.company.deliver, level: 'company', text, source: 'settings, company' };
}
