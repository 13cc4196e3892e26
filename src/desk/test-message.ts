// The real message of `outbox test --to`: through the transport, past the queue, because a person waits for it.
import { randomBytes } from 'node:crypto';
import { checkEmailAddress } from '../message/email-address.ts';
import type { FaxFields } from '../message/fields.ts';
import { gatewayAddress } from '../message/ingredients.ts';
import { OutboxError } from '../message/errors.ts';
import { readFaxNumber } from '../message/fax-number.ts';
import type { Settings, TransportSettings } from '../message/settings.ts';
import type { Job, TestReport, Transport } from '../message/transport.ts';

/** @throws OBX013 */
function numberOf(to: string, country: string): FaxFields {
  const number = readFaxNumber(to, country);
  if (number.ok) return number;
  throw new OutboxError('OBX013', { place: '--to', field: to, detail: number.detail, hint: 'Give a fax number.' });
}

const isGateway = (transport: TransportSettings): boolean => transport.kind === 'smtp' && transport.address !== null;

/** What may be wrong with the address is said before anything is tried. @throws OBX013 */
export function checkTestAddress(settings: Settings, wanted: TransportSettings, to: string): void {
  if (isFax(wanted, to)) return void numberOf(to, settings.company.country);
  const fault = checkEmailAddress(to);
  if (fault === null) return;
  const detail = `can not be an email address: ${fault}.`;
  throw new OutboxError('OBX013', { place: '--to', field: to, detail, hint: 'Give an email address.' });
}

const isFax = (wanted: TransportSettings, to: string): boolean =>
  isGateway(wanted) || (wanted.kind === 'driver' && !to.includes('@'));

function jobFor(settings: Settings, wanted: TransportSettings, to: string): Job {
  const seed = randomBytes(16).toString('hex');
  const { company } = settings;
  const channel = isFax(wanted, to) ? 'fax' : 'email';
  const fax = channel === 'fax' ? numberOf(to, company.country) : null;
  const recipient = fax?.e164 ?? to;
  const template = wanted.kind === 'smtp' ? wanted.address : null;
  const headerTo = template === null || fax === null ? recipient : gatewayAddress(template, { fax });
  const text = `This is a test of the transport ${wanted.name}, sent by a person. Nothing needs to be done.\n`;
  return {
    id: 'test',
    attemptId: seed,
    channel,
    recipient,
    ingredients: {
      messageId: `${seed}@${company.email.slice(company.email.lastIndexOf('@') + 1)}`,
      date: Date.now(),
      boundary: seed,
      envid: seed,
      from: { name: company.name, address: company.email },
      replyTo: null,
      to: [headerTo],
      cc: [],
      subject: `Outbox test of ${wanted.name}`,
      text,
      html: null,
      language: null,
      attachments: [],
      title: 'Test.txt',
    },
    attachments: [],
    facts: { company: company.code, channel },
  };
}

/** @throws OBX013 for a recipient that can not be right */
export async function sendTestMessage(
  transport: Transport,
  settings: Settings,
  wanted: TransportSettings,
  to: string,
): Promise<TestReport> {
  const from = performance.now();
  const outcome = await transport.send(jobFor(settings, wanted, to), () => Promise.resolve());
  const ok = outcome.result === 'accepted';
  const text = outcome.result === 'accepted' ? `Accepted: ${outcome.reply?.text ?? ''}` : outcome.text;
  return {
    ok,
    steps: [{ step: 'message', ok, text, ms: performance.now() - from }],
    transcript: outcome.transcript,
  };
}
