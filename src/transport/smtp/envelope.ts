// The envelope of a message as commands: MAIL with its parameters, RCPT with its own. RFC 5321 3.3, 3461, 1870, 3030.
import type { Envelope, Job } from '../../message/transport.ts';
import { type Encoding, needsSmtpUtf8 } from '../mime/compose.ts';
import type { SmtpPhase } from './fault.ts';
import { isYes } from './reply.ts';

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

/** What goes over the line. */
export interface Content {
  /** Octets. */
  size: number;
  encoding: Encoding;
}

function mailLine(offers: Extensions, { sender }: Envelope, job: Job, { size, encoding }: Content): string {
  return [
    `MAIL FROM:<${sender}>`,
    offers.has('SIZE') ? `SIZE=${size}` : '',
    encoding === 'binary' ? 'BODY=BINARYMIME' : '',
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
  phase: Extract<SmtpPhase, 'rset' | 'mail' | 'rcpt' | 'data'>;
  line: string;
  isGood(code: number): boolean;
}

const addresses = (offers: Extensions, envelope: Envelope, job: Job, content: Content): EnvelopeStep[] => [
  { phase: 'mail', line: mailLine(offers, envelope, job, content), isGood: isYes },
  { phase: 'rcpt', line: rcptLine(offers, envelope), isGood: isYes },
];

/** Before a content that waits for its 354. */
export const dataSteps = (...given: Parameters<typeof addresses>): readonly EnvelopeStep[] => [
  ...addresses(...given),
  { phase: 'data', line: 'DATA', isGood: (code) => code === 354 },
];

/**
 * Before a content in the same flight. Servers differ in what a refused recipient leaves open (Exim keeps the sender, Postfix
 * nothing), and the answers are not known yet: without RSET a message could go to the recipient of the one before.
 */
export const chunkSteps = (...given: Parameters<typeof addresses>): readonly EnvelopeStep[] => [
  { phase: 'rset', line: 'RSET', isGood: isYes },
  ...addresses(...given),
];
