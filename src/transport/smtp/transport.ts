// The SMTP transport: gives each job a session, and turns what happened into an outcome.
import { OutboxError } from '../../message/errors.ts';
import type { Reason } from '../../message/reasons.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import type {
  Commit,
  Envelope,
  FaultClass,
  Job,
  Outcome,
  TestReport,
  TestStep,
  Transport,
} from '../../message/transport.ts';
import type { LoginTokens } from '../oauth/token-source.ts';
import { isLoginOver } from './auth.ts';
import { LineFault } from './fault.ts';
import { keepIdleSessions } from './idle-sessions.ts';
import { judgeReply } from './replies.ts';
import { asLastReply } from './reply.ts';
import { beginSession, endSession, type OnStep, Rejected, type Session } from './session.ts';
import { timeouts as defaultTimeouts, type Timeouts } from './timeouts.ts';
import { sendMessage } from './transaction.ts';
import { type DebugSink, openTranscript, type Transcript } from './transcript.ts';

export interface SmtpParts {
  password: () => Promise<string | null>;
  /** In place of a password, where the settings have `oauth`. */
  tokens?: LoginTokens | null;
  /** What we call ourselves in EHLO, unless the settings say. */
  ehloName: string;
  /** The SYCEML.DBG of a host with [DEBUG]; null otherwise. */
  debug: DebugSink | null;
  timeouts?: Partial<Timeouts>;
}

const reasons: Partial<Record<FaultClass, Reason>> = {
  tls: 'tls',
  auth: 'authentication',
  configuration: 'authentication',
};

/** What is thrown comes before the dot: provably unsent. @throws what is neither a line's nor a server's fault */
function outcomeOf(error: unknown, transcript: Transcript): Extract<Outcome, { result: 'refused' }> {
  if (error instanceof Rejected) {
    const judged = judgeReply(error.phase, error.reply);
    const text = error.advice === null ? judged.text : `${judged.text} ${error.advice}`;
    return { result: 'refused', ...judged, text, reply: asLastReply(error.reply), transcript: transcript.text() };
  }
  if (!(error instanceof LineFault)) throw error;
  const { fault, message: text } = error;
  transcript.note(text);
  const reason = reasons[fault] ?? 'network';
  const blamed = { blame: 'transport', fault, permanent: false, reason, text, reply: null } as const;
  return { result: 'refused', ...blamed, transcript: transcript.text() };
}

/** Which step of a test went wrong. @param proof what the login needs before it can be tried */
function stepOf(error: unknown, proof: 'token' | 'auth'): string {
  if (error instanceof Rejected) return error.phase;
  return error instanceof LineFault && error.cause instanceof OutboxError ? proof : 'connection';
}

/** MAIL and RCPT, taken back by RSET: nothing is sent. @throws Rejected, LineFault */
async function tryEnvelope(session: Session, { sender, recipient }: Envelope, onStep: OnStep): Promise<void> {
  const lines = [
    ['mail', `MAIL FROM:<${sender}>`],
    ['rcpt', `RCPT TO:<${recipient}>`],
  ] as const;
  for (const [phase, line] of lines) {
    const reply = await session.say(phase, line);
    if (reply.code !== 250 && reply.code !== 251) throw new Rejected(phase, reply);
    onStep(phase, `${line} is accepted.`);
  }
  await session.say('rset', 'RSET');
}

/** True when the token of an open session has run out; the session is over then, and a new one gets a new token. */
function hasRunOut({ token, connection }: Session, outcome: Outcome, tokens: SmtpParts['tokens']): boolean {
  if (token === null || !isLoginOver(outcome.reply?.code ?? 0)) return false;
  connection.destroy();
  tokens?.refused(token);
  return true;
}

export function createSmtpTransport(settings: SmtpSettings, parts: SmtpParts): Transport {
  const timeouts = { ...defaultTimeouts, ...parts.timeouts };
  const ehloName = settings.ehlo ?? parts.ehloName;
  const idle = keepIdleSessions(settings.messagesPerConnection, timeouts.idle);
  let connections = 0;

  const newTranscript = (): Transcript => openTranscript(parts.debug, ++connections);

  const begin = (transcript: Transcript, onStep?: OnStep): Promise<Session> =>
    beginSession({ ...parts, settings, ehloName, timeouts, transcript, ...(onStep ? { onStep } : {}) });

  const envelopeOf = (job: Job): Envelope => ({
    sender: settings.sender ?? job.ingredients.from.address,
    recipient: job.channel === 'fax' ? (job.ingredients.to[0] ?? '') : job.recipient,
  });

  const attempt = async (session: Session, job: Job, commit: Commit): Promise<Outcome> => {
    const outcome = await sendMessage(session, envelopeOf(job), job, commit);
    await idle.giveBack(session, outcome);
    return outcome;
  };

  const sendOnNew = async (job: Job, commit: Commit): Promise<Outcome> => {
    const transcript = newTranscript();
    try {
      return await attempt(await begin(transcript), job, commit);
    } catch (error) {
      return outcomeOf(error, transcript);
    }
  };

  /** @returns null when the line broke before the commit: servers close idle connections as they like */
  const sendOnIdle = async (session: Session, job: Job, commit: Commit): Promise<Outcome | null> => {
    let isCommitted = false;
    const mark: Commit = () => {
      isCommitted = true;
      return commit();
    };
    session.transcript.restart();
    try {
      const outcome = await attempt(session, job, mark);
      return !isCommitted && hasRunOut(session, outcome, parts.tokens) ? null : outcome;
    } catch (error) {
      if (error instanceof LineFault && !isCommitted) return null;
      return outcomeOf(error, session.transcript);
    }
  };

  const test = async (envelope: Envelope): Promise<TestReport> => {
    const transcript = newTranscript();
    const steps: TestStep[] = [];
    let from = performance.now();
    const add = (step: string, ok: boolean, text: string): void => {
      steps.push({ step, ok, text, ms: performance.now() - from });
      from = performance.now();
    };
    const onStep: OnStep = (step, text) => add(step, true, text);
    let session: Session | null = null;
    try {
      session = await begin(transcript, onStep);
      await tryEnvelope(session, { ...envelope, sender: settings.sender ?? envelope.sender }, onStep);
      await endSession(session);
      return { ok: true, steps, transcript: transcript.text() };
    } catch (error) {
      session?.connection.destroy();
      const { text } = outcomeOf(error, transcript);
      add(stepOf(error, parts.tokens ? 'token' : 'auth'), false, text);
      return { ok: false, steps, transcript: transcript.text() };
    }
  };

  return {
    name: settings.name,
    connections: settings.limits.connections,
    async send(job, commit) {
      const session = idle.take();
      const outcome = session && (await sendOnIdle(session, job, commit));
      return outcome ?? sendOnNew(job, commit);
    },
    test,
    close: () => idle.close(),
  };
}
