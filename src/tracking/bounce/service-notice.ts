// Notices of Amazon SES that come by mail (SNS, subscription by email): JSON at the beginning of the text.
import { firstAddress } from './address.ts';
import type { BounceAction } from './answer.ts';
import type { Letter } from './letter.ts';
import { limits } from './mime/limits.ts';
import { judgeRecipient } from './recipient.ts';
import { kindOf, type Report } from './report.ts';

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const field = (value: unknown, name: string): Json => {
  const inner = isJson(value) ? value[name] : null;
  return isJson(inner) ? inner : {};
};
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value.slice(0, limits.recipients) : []);

/** The mail breaks long lines anywhere, also within words, and a blank begins the rest. */
function parse(words: string): Json | null {
  const [json] = words.trimStart().split(/\n(?:--|\n)/, 1);
  try {
    const value: unknown = JSON.parse(json!.replace(/\n ?/g, ''));
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

const said = (address: string, action: BounceAction, status: string, words: string) =>
  judgeRecipient({
    address: firstAddress(address),
    action,
    status: /^[245]\.\d{1,3}\.\d{1,3}$/.test(status) ? status : null,
    words: [words],
    around: '',
  });

/** @returns null where the mail is no such notice */
export function readServiceNotice({ words }: Letter): Report | null {
  if (!words.trimStart().startsWith('{"')) return null;
  const notice = parse(words);
  if (!notice) return null;
  const kind = text(notice['notificationType'] ?? notice['eventType']);
  const bounced = list(field(notice, 'bounce')['bouncedRecipients']).filter(isJson);
  const complained = list(field(notice, 'complaint')['complainedRecipients']).filter(isJson);
  const delivered = list(field(notice, 'delivery')['recipients']).map(text);
  const answer = text(field(notice, 'delivery')['smtpResponse']);
  const recipients =
    kind === 'Bounce'
      ? bounced.map((one) =>
          said(text(one['emailAddress']), 'failed', text(one['status']), text(one['diagnosticCode'])),
        )
      : kind === 'Complaint'
        ? complained.map((one) => said(text(one['emailAddress']), 'complaint', '', ''))
        : kind === 'Delivery'
          ? delivered.map((one) => said(one, 'delivered', '', answer))
          : [];
  if (recipients.length === 0) return null;
  return { kind: kind === 'Complaint' ? 'complaint' : kindOf(recipients), recipients, envelopeId: null };
}
