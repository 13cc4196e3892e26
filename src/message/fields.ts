// The fields that templates can name: {{ document.number }}, {{ customer.name }}, {{ company.name }}.
import type { Channel, Document } from './message.ts';
import type { Company, Customer, DocumentType } from './settings.ts';

export interface FaxFields {
  digits: string;
  e164: string;
  national: string;
}

/** A type, not an interface: Liquid takes plain records. */
export type Fields = {
  company: { code: string; name: string; email: string; fax: string; country: string };
  type: { code: string; name: string };
  /** The first of the set. */
  document: DocumentFields;
  documents: DocumentFields[];
  customer: { number: string; name: string; class: string; language: string; salesperson: string };
  fax: FaxFields;
  message: { recipient: string; channel: string; count: number };
};

export type DocumentFields = {
  type: string;
  number: string;
  date: string;
  due: string;
  amount: string;
  currency: string;
  po: string;
  salesperson: string;
  language: string;
  pages: number;
  file: string;
};

export const documentFields = (document: Document): DocumentFields => ({
  type: document.type,
  number: document.number,
  date: document.date ?? '',
  due: document.due ?? '',
  amount: document.amount ?? '',
  currency: document.currency ?? '',
  po: document.po ?? '',
  salesperson: document.salesperson ?? '',
  language: document.language ?? '',
  pages: document.pages ?? 0,
  file: document.file,
});

export interface FieldSources {
  company: Company;
  type: Pick<DocumentType, 'code' | 'name'>;
  /** At least one. */
  documents: readonly Document[];
  customer: Customer | null;
  channel: Channel;
  recipient: string;
  fax: FaxFields | null;
}

export function fieldsOf(sources: FieldSources): Fields {
  const { company, customer, documents } = sources;
  const all = documents.map(documentFields);
  const first = documents[0]!;
  return {
    company: { ...company, fax: company.fax ?? '' },
    type: { code: sources.type.code, name: sources.type.name },
    document: all[0]!,
    documents: all,
    customer: {
      number: first.customer,
      name: customer?.name || first.customerName,
      class: customer?.class ?? '',
      language: customer?.language ?? '',
      salesperson: customer?.salesperson ?? '',
    },
    fax: sources.fax ?? { digits: '', e164: '', national: '' },
    message: { recipient: sources.recipient, channel: sources.channel, count: documents.length },
  };
}
