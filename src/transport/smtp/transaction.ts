// One mail transaction over a session, in its steps: envelope, content, final dot, answer. RFC 5321 3.3.
import type { Envelope, Job, Outcome, Task } from '../../message/transport.ts';
import {
  composeInto,
  composePieces,
  type Encoding,
  isWhole,
  layOut,
  type Layout,
  needsSmtpUtf8,
} from '../mime/compose.ts';
import { chunkSteps, dataSteps, type EnvelopeStep } from './envelope.ts';
import { LineFault, type SmtpPhase } from './fault.ts';
import { judgeReply } from './replies.ts';
import { asLastReply, isYes, type Reply, textOf } from './reply.ts';
import { withScratch } from './scratch.ts';
import { Rejected, type Session } from './session.ts';
import type { Transcript } from './transcript.ts';

export interface Transaction {
  task: Task;
  transcript: Transcript;
  layout: Layout;
  steps: readonly EnvelopeStep[];
}

export const refused = (session: Session, phase: SmtpPhase, reply: Reply, transcript: Transcript): Outcome => ({
  result: 'refused',
  ...judgeReply(phase, reply, session.settings),
  reply: asLastReply(reply),
  transcript: transcript.text(),
});

/** The smaller of what the server announces (RFC 1870 4; 0 is no limit) and what the settings or the preset say. */
function largestOf({ extensions, settings }: Session): number {
  const announced = Number(extensions.get('SIZE')?.split(' ')[0] ?? 0);
  return Math.min(announced > 0 ? announced : Infinity, settings.limits.largestMessage ?? Infinity);
}

/** Faults that are known before a word is said. */
function refusedAtOnce(session: Session, job: Job, size: number, transcript: Transcript): Outcome | null {
  const refuse = (reason: 'too-large' | 'bad-address', text: string): Outcome => {
    transcript.note(text);
    const base = { result: 'refused', blame: 'message', fault: 'permanent', permanent: true, reply: null } as const;
    return { ...base, reason, text, transcript: transcript.text() };
  };
  const most = largestOf(session);
  if (size > most) {
    const { name } = session.settings;
    return refuse('too-large', `The message has ${size} bytes on the line; at most ${most} go through ${name}.`);
  }
  if (needsSmtpUtf8(job.ingredients, job.recipient) && !session.extensions.has('SMTPUTF8')) {
    const text = 'The address has letters beyond ASCII, and the mail system does not offer SMTPUTF8 (RFC 6531).';
    return refuse('bad-address', text);
  }
  return null;
}

/** How a content goes: behind a 354 (RFC 5321), or as one chunk behind its envelope (RFC 3030), there also with binary parts. */
export type Manner = { by: 'data' } | { by: 'chunk'; encoding: Encoding };

/** Lays the message out for this session. @returns the outcome instead when it can not go over it at all */
export function openTransaction(
  session: Session,
  task: Task,
  envelope: Envelope,
  transcript: Transcript,
  manner: Manner = { by: 'data' },
): Transaction | Outcome {
  const { ingredients, attachments } = task.job;
  const layout = layOut(ingredients, attachments, manner.by === 'chunk' ? manner.encoding : 'base64');
  const early = refusedAtOnce(session, task.job, layout.size, transcript);
  if (early) return early;
  const stepsOf = manner.by === 'chunk' ? chunkSteps : dataSteps;
  return { task, transcript, layout, steps: stepsOf(session.extensions, envelope, task.job, layout) };
}

/** The commands of the envelope in one flight (RFC 2920). */
export function envelopeText({ steps, transcript }: Transaction): string {
  for (const { line } of steps) transcript.client(line);
  return steps.map(({ line }) => `${line}\r\n`).join('');
}

/**
 * RFC 2920 3.1: a server that opens DATA although it refused before waits for content, and gets none but the dot. Only where it
 * has refused the one recipient: then there is nobody to whom it could deliver the nothing, whatever it answers.
 */
async function endEmptyData(session: Session, bad: { phase: SmtpPhase; reply: Reply }, transcript: Transcript) {
  if (bad.phase !== 'rcpt' || bad.reply.code < 400) {
    session.connection.destroy();
    return;
  }
  await session.say('data', '.', transcript);
}

/**
 * Reads the answers to an envelope that was said in one flight. Once something is refused that is the answer, also when the line
 * breaks before the rest is heard.
 * @returns the refusal, or null when the content may follow
 * @throws LineFault
 */
export async function hearEnvelope(session: Session, { steps, transcript }: Transaction): Promise<Outcome | null> {
  let bad: { phase: SmtpPhase; reply: Reply } | null = null;
  for (const { phase, isGood } of steps) {
    try {
      const reply = await session.hear(phase, transcript);
      if (!isGood(reply.code)) bad ??= { phase, reply };
      else if (bad && phase === 'data') await endEmptyData(session, bad, transcript);
    } catch (error) {
      // A server that refuses and hangs up has answered.
      if (!bad || !(error instanceof LineFault)) throw error;
      transcript.note(error.message);
      break;
    }
  }
  return bad && refused(session, bad.phase, bad.reply, transcript);
}

/** Says the envelope step by step, to a server without PIPELINING. @returns as `hearEnvelope` */
export async function sayEnvelope(session: Session, { steps, transcript }: Transaction): Promise<Outcome | null> {
  for (const { phase, line, isGood } of steps) {
    const reply = await session.say(phase, line, transcript);
    if (!isGood(reply.code)) return refused(session, phase, reply, transcript);
  }
  return null;
}

async function writeContent({ connection, timeouts }: Session, layout: Layout): Promise<void> {
  if (!isWhole(layout)) {
    for await (const piece of composePieces(layout)) await connection.flush(piece, timeouts.block);
    return;
  }
  await withScratch(layout.size, (memory) => {
    composeInto(memory, layout);
    return connection.flush(memory.subarray(0, layout.size), timeouts.block);
  });
}

/** A server that speaks before the dot has been said refuses, or is out of step: its answer must never be read as one to the dot. */
export async function hearEarlyWord(session: Session, transcript: Transcript): Promise<never> {
  const reply = await session.hear('data', transcript);
  session.connection.destroy();
  if (reply.code >= 400) throw new Rejected('data', reply);
  throw new LineFault('protocol', `The server answered before the final dot: ${reply.code} ${textOf(reply)}`);
}

/**
 * The content without its dot: nobody may deliver it yet (RFC 5321 4.1.1.4). Resolves when the system has all of it.
 * @throws LineFault, Rejected; what the attachments throw, and then the connection has to be closed
 */
export async function sendContent(session: Session, { layout, transcript }: Transaction): Promise<void> {
  transcript.note(`${layout.size} octets of content`);
  try {
    await writeContent(session, layout);
  } catch (error) {
    if (session.connection.unread.length > 0) await hearEarlyWord(session, transcript);
    throw error;
  }
  if (session.connection.unread.length > 0) await hearEarlyWord(session, transcript);
}

/**
 * After the dot: only a clear yes or no is an answer, and only while the server is in step. Never throws.
 * @param ahead answers that may be there already, to the envelope that went with the dot
 */
export async function hearVerdict(session: Session, { transcript }: Transaction, ahead: number): Promise<Outcome> {
  let reply: Reply;
  try {
    reply = await session.hear('dot', transcript);
  } catch (error) {
    const text = `The message was handed over, and then: ${error instanceof Error ? error.message : String(error)}`;
    transcript.note(text);
    return { result: 'uncertain', text, reply: null, transcript: transcript.text() };
  }
  // A server may say 421 at any time, unasked (RFC 5321 3.8).
  const isInStep = session.connection.unread.filter(({ code }) => code !== 421).length <= ahead;
  if (isInStep && isYes(reply.code))
    return { result: 'accepted', reply: asLastReply(reply), transcript: transcript.text() };
  if (isInStep && reply.code >= 400) return refused(session, 'dot', reply, transcript);
  session.connection.destroy();
  const why = isInStep ? 'the answer means neither yes nor no' : 'the server answered more than it was asked';
  const text = `The message was handed over, and ${why}: ${reply.code} ${textOf(reply)}`;
  return { result: 'uncertain', text, reply: asLastReply(reply), transcript: transcript.text() };
}
