// The SMTP transport: keeps connections, gives each job one, and turns what happened into an outcome.
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
import type { Reason } from '../../message/reasons.ts';
import { LineFault } from './fault.ts';
import { judgeReply } from './replies.ts';
import { asLastReply } from './reply.ts';
import { beginSession, endSession, Rejected, type Session, type SessionParts } from './session.ts';
import { timeouts as defaultTimeouts, type Timeouts } from './timeouts.ts';
import { sendMessage } from './transaction.ts';
import { type DebugSink, openTranscript, type Transcript } from './transcript.ts';

export interface SmtpParts {
  password: () => Promise<string | null>;
  /** What we call ourselves in EHLO, unless the settings say. */
  ehloName: string;
  /** The SYCEML.DBG of a host with [DEBUG]; null otherwise. */
  debug: DebugSink | null;
  timeouts?: Partial<Timeouts>;
}

const reasons: Partial<Record<FaultClass, Reason>> = { tls: 'tls', configuration: 'authentication' };

/** Anything before the dot is provably unsent, and the transport's fault. */
function outcomeOf(error: unknown, transcript: Transcript): Outcome {
  const base = { result: 'refused', transcript: transcript.text() } as const;
  if (error instanceof Rejected)
    return { ...base, ...judgeReply(error.phase, error.reply), reply: asLastReply(error.reply) };
  if (!(error instanceof LineFault)) throw error;
  const { fault, message: text } = error;
  transcript.note(text);
  const reason = reasons[fault] ?? 'network';
  return {
    ...base,
    blame: 'transport',
    fault,
    permanent: false,
    reason,
    text,
    reply: null,
    transcript: transcript.text(),
  };
}

export function createSmtpTransport(settings: SmtpSettings, parts: SmtpParts): Transport {
  const timeouts = { ...defaultTimeouts, ...parts.timeouts };
  const idle = new Map<Session, NodeJS.Timeout>();
  let connections = 0;
  const ehloName = settings.ehlo ?? parts.ehloName;

  const begin = (transcript: Transcript, onStep?: SessionParts['onStep']): Promise<Session> =>
    beginSession({ settings, password: parts.password, ehloName, timeouts, transcript, ...(onStep ? { onStep } : {}) });

  const takeIdle = (): Session | null => {
    for (const [session, timer] of idle) {
      clearTimeout(timer);
      idle.delete(session);
      if (session.connection.isOpen) return session;
    }
    return null;
  };

  /** Back among the idle ones, unless it has done its share or is broken. */
  const giveBack = async (session: Session, outcome: Outcome): Promise<void> => {
    session.sent++;
    if (!session.connection.isOpen || outcome.reply?.code === 421) return session.connection.destroy();
    if (session.sent >= settings.messagesPerConnection) return endSession(session);
    if (outcome.result === 'refused' && (await session.say('rset', 'RSET')).code !== 250) return endSession(session);
    const timer = setTimeout(() => {
      idle.delete(session);
      void endSession(session);
    }, timeouts.idle);
    timer.unref();
    idle.set(session, timer);
  };

  const envelopeOf = (job: Job): Envelope => ({
    sender: settings.sender ?? job.ingredients.from.address,
    recipient: job.channel === 'fax' ? (job.ingredients.to[0] ?? '') : job.recipient,
  });

  const attempt = async (session: Session, job: Job, commit: Commit): Promise<Outcome> => {
    const outcome = await sendMessage(session, envelopeOf(job), job, commit);
    // The outcome stands, whatever becomes of the connection.
    await giveBack(session, outcome).catch(() => session.connection.destroy());
    return outcome;
  };

  const send = async (job: Job, commit: Commit): Promise<Outcome> => {
    const reused = takeIdle();
    if (reused) {
      reused.transcript.restart();
      let committed = false;
      const mark: Commit = () => {
        committed = true;
        return commit();
      };
      try {
        return await attempt(reused, job, mark);
      } catch (error) {
        // A server closes idle connections as it likes: once more on a fresh one, as long as nothing was committed.
        if (!(error instanceof LineFault) || committed) {
          if (error instanceof LineFault) return outcomeOf(error, reused.transcript);
          throw error;
        }
      }
    }
    const transcript = openTranscript(parts.debug, ++connections);
    try {
      return await attempt(await begin(transcript), job, commit);
    } catch (error) {
      return outcomeOf(error, transcript);
    }
  };

  /** Up to RCPT, and back: nothing is sent. */
  const test = async (envelope: Envelope): Promise<TestReport> => {
    const transcript = openTranscript(parts.debug, ++connections);
    const steps: TestStep[] = [];
    let from = performance.now();
    const onStep = (step: string, text: string): void => {
      steps.push({ step, ok: true, text, ms: performance.now() - from });
      from = performance.now();
    };
    try {
      const session = await begin(transcript, onStep);
      const lines = [
        ['mail', `MAIL FROM:<${settings.sender ?? envelope.sender}>`],
        ['rcpt', `RCPT TO:<${envelope.recipient}>`],
      ] as const;
      for (const [phase, line] of lines) {
        const reply = await session.say(phase, line);
        if (reply.code !== 250 && reply.code !== 251) throw new Rejected(phase, reply);
        onStep(phase, `${line} is accepted.`);
      }
      await session.say('rset', 'RSET');
      await endSession(session);
      return { ok: true, steps, transcript: transcript.text() };
    } catch (error) {
      const outcome = outcomeOf(error, transcript);
      const text = outcome.result === 'refused' ? outcome.text : '';
      const step = error instanceof Rejected ? error.phase : 'connection';
      steps.push({ step, ok: false, text, ms: performance.now() - from });
      return { ok: false, steps, transcript: outcome.transcript };
    }
  };

  return {
    name: settings.name,
    connections: settings.limits.connections,
    send,
    test,
    async close() {
      const sessions = [...idle.keys()];
      for (const timer of idle.values()) clearTimeout(timer);
      idle.clear();
      await Promise.all(sessions.map(endSession));
    },
  };
}
