// One mail transaction: MAIL, RCPT, DATA, the content, the commit point, the final dot. RFC 5321 3.3.
import type { Commit, Envelope, Job, Outcome } from '../../message/transport.ts';
import { composeMessage, needsSmtpUtf8 } from '../mime/compose.ts';
import { stuffDots } from './dot-stuffing.ts';
import { LineFault, type SmtpPhase } from './fault.ts';
import { judgeReply } from './replies.ts';
import { asLastReply, type Reply, textOf } from './reply.ts';
import type { Session } from './session.ts';

/** RFC 3461 4: what is not printable ASCII, "+" and "=", as +XX. */
const xtext = (text: string): string =>
  [...Buffer.from(text)]
    .map((octet) =>
      octet > 32 && octet < 127 && octet !== 43 && octet !== 61
        ? String.fromCharCode(octet)
        : `+${octet.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');

function mailLine(session: Session, { sender }: Envelope, job: Job, size: number): string {
  const offers = session.extensions;
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
const rcptLine = (session: Session, { recipient }: Envelope): string =>
  session.extensions.has('DSN') && !/[^\x20-\x7e]/.test(recipient)
    ? `RCPT TO:<${recipient}> NOTIFY=FAILURE,DELAY ORCPT=rfc822;${xtext(recipient)}`
    : `RCPT TO:<${recipient}>`;

const refused = (session: Session, phase: SmtpPhase, reply: Reply): Outcome => ({
  result: 'refused',
  ...judgeReply(phase, reply),
  reply: asLastReply(reply),
  transcript: session.transcript.text(),
});

/** Faults that are known before a word is said. */
function refusedAtOnce(session: Session, job: Job, size: number): Outcome | null {
  const base = { result: 'refused', blame: 'message', fault: 'permanent', permanent: true, reply: null } as const;
  const most = Number(session.extensions.get('SIZE') ?? 0);
  if (most > 0 && size > most) {
    const text = `The message has ${size} bytes; the mail system takes ${most} at most.`;
    return { ...base, reason: 'too-large', text, transcript: session.transcript.text() };
  }
  if (needsSmtpUtf8(job.ingredients, job.recipient) && !session.extensions.has('SMTPUTF8')) {
    const text = 'The address has letters beyond ASCII, and the mail system does not offer SMTPUTF8 (RFC 6531).';
    return { ...base, reason: 'bad-address', text, transcript: session.transcript.text() };
  }
  return null;
}

interface Step {
  phase: SmtpPhase;
  line: string;
  good: (code: number) => boolean;
}

/** With PIPELINING all three go in one flight (RFC 2920), else one by one. @returns the first refusal, or null */
async function sendEnvelope(
  session: Session,
  steps: readonly Step[],
): Promise<{ phase: SmtpPhase; reply: Reply } | null> {
  const together = session.extensions.has('PIPELINING');
  if (together) {
    for (const { line } of steps) session.transcript.client(line);
    session.connection.write(steps.map(({ line }) => `${line}\r\n`).join(''));
  }
  let bad: { phase: SmtpPhase; reply: Reply } | null = null;
  for (const { phase, line, good } of steps) {
    const reply = together ? await session.hear(phase) : await session.say(phase, line);
    if (good(reply.code)) {
      // RFC 2920 3.1: a server that opens DATA although it refused before waits for content that it will not get.
      if (bad && phase === 'data') session.connection.destroy();
      continue;
    }
    bad ??= { phase, reply };
    if (!together) break;
  }
  return bad;
}

/** After the dot: only a clear yes or no is an answer. */
async function hearVerdict(session: Session): Promise<Outcome> {
  const transcript = (): string => session.transcript.text();
  let reply: Reply;
  try {
    reply = await session.hear('dot');
  } catch (error) {
    const text = `The message was handed over, and then: ${error instanceof Error ? error.message : String(error)}`;
    session.transcript.note(text);
    return { result: 'uncertain', text, reply: null, transcript: transcript() };
  }
  if (reply.code >= 200 && reply.code < 300)
    return { result: 'accepted', reply: asLastReply(reply), transcript: transcript() };
  if (reply.code >= 400) return refused(session, 'dot', reply);
  session.connection.destroy();
  const text = `The message was handed over, and the answer means neither yes nor no: ${reply.code} ${textOf(reply)}`;
  return { result: 'uncertain', text, reply: asLastReply(reply), transcript: transcript() };
}

/**
 * @returns the outcome; after a refusal with the connection still open, RSET is due before the next MAIL
 * @throws LineFault when the line breaks before the dot: provably unsent. What `commit` rejects with; the connection is closed
 * then, without the dot
 */
export async function sendMessage(session: Session, envelope: Envelope, job: Job, commit: Commit): Promise<Outcome> {
  const content = stuffDots(composeMessage(job.ingredients, job.attachments));
  const early = refusedAtOnce(session, job, content.length);
  if (early) return early;
  const bad = await sendEnvelope(session, [
    { phase: 'mail', line: mailLine(session, envelope, job, content.length), good: (code) => code === 250 },
    { phase: 'rcpt', line: rcptLine(session, envelope), good: (code) => code === 250 || code === 251 },
    { phase: 'data', line: 'DATA', good: (code) => code === 354 },
  ]);
  if (bad) return refused(session, bad.phase, bad.reply);
  session.transcript.note(`${content.length} octets of content`);
  session.connection.write(content);
  try {
    await commit();
  } catch (error) {
    // Without the dot the server must throw away what it has (RFC 5321 4.1.1.4).
    session.connection.destroy();
    throw error;
  }
  if (!session.connection.isOpen) {
    throw new LineFault('connect', 'The line broke before the final dot.');
  }
  session.transcript.client('.');
  session.connection.write('.\r\n');
  return hearVerdict(session);
}
