// The SMTP transport: gives each job a session, and turns what happened into an outcome.
import { wireAddress } from '../../message/email-address.ts';
import { OutboxError } from '../../message/errors.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import { sendOneThrough } from '../../message/one-by-one.ts';
import type { Envelope, Job, Supply, TestReport, TestStep, Transport } from '../../message/transport.ts';
import type { LoginTokens } from '../oauth/token-source.ts';
import { carry } from './carry.ts';
import { LineFault } from './fault.ts';
import { keepIdleSessions } from './idle-sessions.ts';
import { outcomeOf } from './line-outcome.ts';
import { isYes } from './reply.ts';
import { beginSession, endSession, type OnStep, Rejected, type Session } from './session.ts';
import { timeouts as defaultTimeouts, type Timeouts } from './timeouts.ts';
import { type DebugSink, openTranscript, type Transcript } from './transcript.ts';
import { Ways } from './ways.ts';

export interface SmtpParts {
  password: () => Promise<string | null>;
  /** In place of a password, where the settings have `oauth`. */
  tokens?: LoginTokens | null;
  /** What we call ourselves in EHLO, unless the settings say. */
  ehloName: string;
  /** The SYCEML.DBG of a host with [DEBUG]; null otherwise. */
  debug: DebugSink | null;
  timeouts?: Partial<Timeouts>;
  /** Those of the settings, with the quicker one found by measuring, when it is left out. */
  ways?: Ways;
}

/** Which step of a test went wrong. @param proof what the login needs before it can be tried */
function stepOf(error: LineFault | Rejected, proof: 'token' | 'auth'): string {
  if (error instanceof Rejected) return error.phase;
  return error.cause instanceof OutboxError ? proof : 'connection';
}

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
  const ways = parts.ways ?? new Ways(settings);
  let connections = 0;

  const newConnection = (): (() => Transcript) => {
    const connection = ++connections;
    return () => openTranscript(parts.debug, connection);
  };

  const begin = (transcript: Transcript, newTranscript: () => Transcript, onStep?: OnStep): Promise<Session> =>
    beginSession({
      settings,
      password: parts.password,
      tokens: parts.tokens,
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
    carry(supply, { settings, idle, ways, newConnection, begin: beginKnown, envelopeOf });

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
      add(stepOf(error, parts.tokens ? 'token' : 'auth'), false, text);
      return { ok: false, steps, transcript: transcript.text() };
    }
  };

  return {
    name: settings.name,
    connections: settings.limits.connections,
    window: settings.limits.window,
    carry: carryAll,
    send: (job, commit) => sendOneThrough(carryAll, job, commit),
    test,
    breakOff: () => open.forEach(({ connection }) => connection.destroy()),
    close: () => idle.close(),
  };
}
