// What a message is made of, frozen when it is queued (docs/promises.md, 3).
import { asOneLine } from './control-characters.ts';
import { checkEmailAddress, wireAddress } from './email-address.ts';
import { OutboxError } from './errors.ts';
import { readFaxNumber } from './fax-number.ts';
import { type FaxFields, type Fields, fieldsOf } from './fields.ts';
import type { Attachment, Document, Ingredients, Time } from './message.ts';
import { renderFaxNote, renderNote } from './note.ts';
import type { Destination } from './routing.ts';
import type { Company, Customer, DocumentType, TransportSettings } from './settings.ts';
import { renderTemplate } from './template.ts';

/** A subject beyond this is cut: no mail program shows more. Characters. */
const longestSubject = 255;

export interface FreezeInput {
  company: Company;
  type: DocumentType;
  transport: TransportSettings;
  customer: Customer | null;
  documents: readonly Document[];
  attachments: Attachment[];
  destination: Pick<Destination, 'channel' | 'recipient' | 'to' | 'cc'>;
  /** Of the sender; they win over the templates of the type. */
  own: { note: string | null; subject: string | null };
  /** 128 random bits in hex. */
  seed: string;
  date: Time;
}

/**
 * The address of a number at an email-to-fax gateway.
 * @throws OBX120 for a template that can not be filled in, OBX121 when no address comes of it
 */
export function gatewayAddress(template: string, fields: Partial<Fields>): string {
  const address = renderTemplate(template, fields).trim();
  const fault = checkEmailAddress(address);
  if (fault) throw new OutboxError('OBX121', { detail: `${address}: ${fault}.` });
  return wireAddress(address);
}

export const faxFieldsOf = (e164: string): FaxFields | null => {
  const number = readFaxNumber(e164, 'US');
  return number.ok ? { digits: number.digits, e164: number.e164, national: number.national } : null;
};

function subjectOf(text: string): string {
  const line = asOneLine(text);
  return line.length <= longestSubject ? line : [...line].slice(0, longestSubject).join('');
}

/** The fields that the templates of this message see. */
export const fieldsFor = (input: Omit<FreezeInput, 'attachments' | 'seed' | 'date' | 'transport'>): Fields =>
  fieldsOf({
    ...input,
    channel: input.destination.channel,
    recipient: input.destination.recipient,
    fax: input.destination.channel === 'fax' ? faxFieldsOf(input.destination.recipient) : null,
  });

function noteOf(input: FreezeInput, fields: Fields): { text: string; html: string | null } {
  const side = input.destination.channel === 'fax' ? 'fax' : 'email';
  const layers = {
    document: input.own.note,
    type: input.type[side].note,
    customer: input.customer?.note[side] ?? null,
    company: input.company.note[side],
  };
  return side === 'fax' ? { text: renderFaxNote(layers, fields), html: null } : renderNote(layers, fields);
}

/** @throws OBX120, OBX121 */
export function freezeIngredients(input: FreezeInput): Ingredients {
  const { company, type, destination, transport, seed } = input;
  const fields = fieldsFor(input);
  const isFax = destination.channel === 'fax';
  const from = wireAddress(type.email.from ?? company.email);
  const gateway = isFax && transport.kind === 'smtp' && transport.address !== null ? transport.address : null;
  return {
    messageId: `${seed}@${from.slice(from.lastIndexOf('@') + 1)}`,
    date: input.date,
    boundary: seed,
    envid: seed,
    from: { name: asOneLine(company.name), address: from },
    replyTo: isFax || type.email.replyTo === null ? null : wireAddress(type.email.replyTo),
    to: gateway === null ? destination.to : [gatewayAddress(gateway, fields)],
    cc: isFax ? [] : destination.cc,
    subject: subjectOf(input.own.subject ?? renderTemplate(isFax ? type.fax.subject : type.email.subject, fields)),
    ...noteOf(input, fields),
    language: input.customer?.language ?? input.documents[0]?.language ?? null,
    attachments: input.attachments,
    title: input.attachments[0]?.name ?? '',
  };
}
