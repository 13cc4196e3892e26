// The envelope of a message as commands: MAIL with its parameters, RCPT with its own, DATA. RFC 5321 3.3, 3461, 1870.
import type { Envelope, Job } from '../../message/transport.ts';
import { needsSmtpUtf8 } from '../mime/compose.ts';
import type { SmtpPhase } from './fault.ts';

/** RFC 3461 4: what is not printable ASCII, "+" and "=", as +XX. */
const xtext = (text: string): string =>
  [...Buffer.from(text)]
    .map((octet) =>
      octet > 32 && octet < 127 && octet !== 43 && octet !== 61
        ? String.fromCharCode(octet)
        : `+${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

/** Keyword in capitals to its parameters, as EHLO gave them. */
type Extensions = ReadonlyMap<string, string>;

function mailLine(offers: Extensions, { sender }: Envelope, job: Job, size: number): string {
  return [
    `MAIL FROM:<${sender}>`,
    offers.has('SIZE') ? `SIZE=${size}` : '',
    needsSmtpUtf8(job.ingredients, job.recipient) ? 'SMTPUTF8' : '',
    offers.has('DSN') ? `RET=HDRS ENVID=${xtext(job.ingredients.envid)}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/**
 * SUCCESS is not asked for: it would fill the sender's mailbox with a report for every document that arrived.
 * RFC 3461 4.1
 */
const rcptLine = (offers: Extensions, { recipient }: Envelope): string =>
  offers.has('DSN') && !/[^\x20-\x7e]/.test(recipient)
    ? `RCPT TO:<${recipient}> NOTIFY=FAILURE,DELAY ORCPT=rfc822;${xtext(recipient)}`
    : `RCPT TO:<${recipient}>`;

export interface EnvelopeStep {
  phase: Extract<SmtpPhase, 'mail' | 'rcpt' | 'data'>;
  line: string;
  isGood(code: number): boolean;
}

/** @param size octets of the content */
export const envelopeSteps = (
  offers: Extensions,
  envelope: Envelope,
  job: Job,
  size: number,
): readonly EnvelopeStep[] => [
  { phase: 'mail', line: mailLine(offers, envelope, job, size), isGood: (code) => code === 250 },
  { phase: 'rcpt', line: rcptLine(offers, envelope), isGood: (code) => code === 250 || code === 251 },
  { phase: 'data', line: 'DATA', isGood: (code) => code === 354 },
];
