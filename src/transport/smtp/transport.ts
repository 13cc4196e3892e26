// The SMTP transport: gives each job a session, and turns what happened into an outcome.
import { wireAddress } from '../../message/email-address.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import { sendOneThrough } from '../../message/one-by-one.ts';
import type { Envelope, Job, Supply, TestReport, TestStep, Transport } from '../../message/transport.ts';
import { carry } from './carry.ts';
import { LineFault, type SmtpPhase } from './fault.ts';
import { keepIdleSessions } from './idle-sessions.ts';
import { outcomeOf } from './line-outcome.ts';
import { isYes } from './reply.ts';
import { beginSession, endSession, Rejected, type Session } from './session.ts';
import { timeouts as defaultTimeouts, type Timeouts } from './timeouts.ts';
import { type DebugSink, openTranscript, type Transcript } from './transcript.ts';

export interface SmtpParts {
  password: () => Promise<string | null>;
  /** What we call ourselves in EHLO, unless the settings say. */
  ehloName: string;
  /** The SYCEML.DBG of a host with [DEBUG]; null otherwise. */
  debug: DebugSink | null;
  timeouts?: Partial<Timeouts>;
}

type OnStep = (step: SmtpPhase, text: string) => void;

/** MAIL and RCPT, taken back by RSET: nothing is sent. @throws Rejected, LineFault */
async function tryEnvelope(
  session: Session,
  { sender, recipient }: Envelope,
  transcript: Transcript,
  onStep: OnStep,
): Promise<void> {
  const lines = [
    ['mail', `MAIL FROM:<${wireAddress(sender)}>`],
    ['rcpt', `RCPT TO:<${wireAddress(recipient)}>`],
  ] as const;
  for (const [phase, line] of lines) {
    const reply = await session.say(phase, line, transcript);
    if (!isYes(reply.code)) throw new Rejected(phase, reply);
    onStep(phase, `${line} is accepted.`);
  }
  await session.say('rset', 'RSET', transcript);
}

export function createSmtpTransport(settings: SmtpSettings, parts: SmtpParts): Transport {
  const timeouts = { ...defaultTimeouts, ...parts.timeouts };
  const idle = keepIdleSessions(timeouts.idle);
  const open = new Set<Session>();
  let connections = 0;

  const newConnection = (): (() => Transcript) => {
    const connection = ++connections;
    return () => openTranscript(parts.debug, connection);
  };

  const begin = (transcript: Transcript, newTranscript: () => Transcript, onStep?: OnStep): Promise<Session> =>
    beginSession({
      settings,
      password: parts.password,
      ehloName: parts.ehloName,
      timeouts,
      transcript,
      newTranscript,
      ...(onStep ? { onStep } : {}),
    });

  const envelopeOf = (job: Job): Envelope => ({
    sender: wireAddress(settings.sender ?? job.ingredients.from.address),
    recipient: wireAddress(job.channel === 'fax' ? (job.ingredients.to[0] ?? '') : job.recipient),
  });

  const beginKnown = async (transcript: Transcript, newTranscript: () => Transcript): Promise<Session> => {
    const session = await begin(transcript, newTranscript);
    open.add(session);
    session.connection.onEnd(() => open.delete(session));
    return session;
  };

  const carryAll = (supply: Supply): Promise<void> =>
    carry(supply, { settings, idle, newConnection, begin: beginKnown, envelopeOf });

  const test = async (envelope: Envelope): Promise<TestReport> => {
    const newTranscript = newConnection();
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
      session = await begin(transcript, newTranscript, onStep);
      await tryEnvelope(session, { ...envelope, sender: settings.sender ?? envelope.sender }, transcript, onStep);
      await endSession(session);
      return { ok: true, steps, transcript: transcript.text() };
    } catch (error) {
      session?.connection.destroy();
      if (!(error instanceof LineFault || error instanceof Rejected)) throw error;
      const { text } = outcomeOf(error, transcript, settings);
      add(error instanceof Rejected ? error.phase : 'connection', false, text);
      return { ok: false, steps, transcript: transcript.text() };
    }
  };

  return {
    name: settings.name,
    connections: settings.limits.connections,
    carry: carryAll,
    send: (job, commit) => sendOneThrough(carryAll, job, commit),
    test,
    breakOff: () => open.forEach(({ connection }) => connection.destroy()),
    close: () => idle.close(),
  };
}
