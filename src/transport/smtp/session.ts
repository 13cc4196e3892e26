// A session with a mail server, ready for MAIL: connected, greeted, under TLS and logged in as the settings ask.
import type { SmtpSettings } from '../../message/settings.ts';
import { authenticate, chooseMechanism, isPrivateAddress } from './auth.ts';
import { Connection } from './connection.ts';
import { LineFault, type SmtpPhase } from './fault.ts';
import type { Reply } from './reply.ts';
import { textOf } from './reply.ts';
import type { Timeouts } from './timeouts.ts';
import { checkPin, tlsOptions } from './tls-options.ts';
import type { Transcript } from './transcript.ts';

/** The server said no in plain words. */
export class Rejected extends Error {
  override readonly name = 'Rejected';
  readonly phase: SmtpPhase;
  readonly reply: Reply;
  constructor(phase: SmtpPhase, reply: Reply) {
    super(`${reply.code} ${textOf(reply)}`);
    this.phase = phase;
    this.reply = reply;
  }
}

export interface SessionParts {
  settings: SmtpSettings;
  /** Null without a login. */
  password: () => Promise<string | null>;
  ehloName: string;
  timeouts: Timeouts;
  /** Of the first message: connecting is part of it. */
  transcript: Transcript;
  /** For the messages that follow on the same connection. */
  newTranscript: () => Transcript;
  /** Told after every step that worked, for `outbox test`. */
  onStep?: (step: SmtpPhase, text: string) => void;
}

export interface Session {
  connection: Connection;
  /** Keyword in capitals to its parameters. RFC 5321 4.1.1.1 */
  extensions: ReadonlyMap<string, string>;
  timeouts: Timeouts;
  /** Messages that were begun over this connection. */
  sent: number;
  /** A transcript for the next message: those on one connection have one each. */
  newTranscript(): Transcript;
  /** Waits for the reply to a command of this phase, and writes it to the transcript. @throws LineFault */
  hear(phase: SmtpPhase, transcript: Transcript): Promise<Reply>;
  /** Says one line and waits. @throws LineFault */
  say(phase: SmtpPhase, line: string, transcript: Transcript, shown?: string): Promise<Reply>;
}

const readExtensions = (reply: Reply, avoid: readonly string[]): Map<string, string> => {
  const lines = reply.lines.slice(1).map((line) => {
    const [keyword = '', ...parameters] = line.trim().split(/[ =]/);
    return [keyword.toUpperCase(), parameters.join(' ').toUpperCase()] as const;
  });
  return new Map(lines.filter(([keyword]) => keyword !== '' && !avoid.includes(keyword)));
};

type Talk = Pick<Session, 'connection' | 'say' | 'hear'>;

const talkOver = (connection: Connection, timeouts: Timeouts): Talk => {
  const hear: Talk['hear'] = async (phase, transcript) => {
    const reply = await connection.reply(timeouts[phase]);
    const { code, enhanced, lines } = reply;
    lines.forEach((line, at) =>
      transcript.server(`${code}${at < lines.length - 1 ? '-' : ' '}${enhanced ? `${enhanced} ` : ''}${line}`),
    );
    return reply;
  };
  const say: Talk['say'] = (phase, line, transcript, shown = line) => {
    transcript.client(shown);
    connection.write(`${line}\r\n`);
    return hear(phase, transcript);
  };
  return { connection, say, hear };
};

async function ehlo(talk: Talk, parts: SessionParts): Promise<Map<string, string>> {
  const reply = await talk.say('ehlo', `EHLO ${parts.ehloName}`, parts.transcript);
  if (reply.code === 250) return readExtensions(reply, parts.settings.avoid);
  // RFC 5321 3.2: a server that knows no EHLO is greeted the old way.
  const old =
    reply.code === 500 || reply.code === 502
      ? await talk.say('ehlo', `HELO ${parts.ehloName}`, parts.transcript)
      : reply;
  if (old.code !== 250) throw new Rejected('ehlo', old);
  return new Map();
}

async function secure(talk: Talk, parts: SessionParts): Promise<void> {
  const { settings, timeouts, transcript } = parts;
  await talk.connection.startTls(tlsOptions(settings), timeouts.tls);
  const socket = talk.connection.tls!;
  try {
    checkPin(socket, settings.fingerprint);
  } catch (error) {
    talk.connection.destroy();
    throw error;
  }
  const facts = `${socket.getProtocol()}, ${socket.getCipher().name}, certificate of ${String(socket.getPeerCertificate().subject?.CN ?? 'no name')}`;
  transcript.note(facts);
  parts.onStep?.('tls', `Safe connection: ${facts}.`);
}

async function startTls(
  talk: Talk,
  parts: SessionParts,
  extensions: Map<string, string>,
): Promise<Map<string, string>> {
  const { tls } = parts.settings;
  if (tls === 'none' || tls === 'implicit') return extensions;
  if (!extensions.has('STARTTLS')) {
    if (tls === 'opportunistic') return extensions;
    throw new LineFault('tls', 'The server offers no STARTTLS, and the settings demand TLS.');
  }
  const reply = await talk.say('starttls', 'STARTTLS', parts.transcript);
  if (reply.code !== 220) {
    if (tls === 'opportunistic') return extensions;
    throw new Rejected('starttls', reply);
  }
  await secure(talk, parts);
  return ehlo(talk, parts);
}

async function login(talk: Talk, parts: SessionParts, extensions: ReadonlyMap<string, string>): Promise<void> {
  const { settings } = parts;
  if (settings.user === null) return;
  const isSecure = talk.connection.tls !== null;
  const inClear = settings.authInClear && isPrivateAddress(talk.connection.peerAddress);
  if (!isSecure && !inClear) {
    throw new LineFault(
      'configuration',
      'The password would go over the line in clear. Use tls: required, or authInClear: true to a loopback or private address.',
    );
  }
  const offered = (extensions.get('AUTH') ?? '').split(' ');
  const mechanism = chooseMechanism(offered, settings.avoid, isSecure);
  if (!mechanism)
    throw new LineFault(
      'configuration',
      'The server offers no login that Outbox knows. Is TLS needed first, or the port another?',
    );
  const say = (line: string, shown: string): Promise<Reply> => talk.say('auth', line, parts.transcript, shown);
  const reply = await authenticate(mechanism, say, settings.user, (await parts.password()) ?? '');
  if (reply.code !== 235) throw new Rejected('auth', reply);
  parts.onStep?.('auth', `Logged in as ${settings.user} (${mechanism}).`);
}

/**
 * @throws LineFault or Rejected; the connection is closed then
 */
export async function beginSession(parts: SessionParts): Promise<Session> {
  const { settings, timeouts, transcript } = parts;
  transcript.note(`Connecting to ${settings.host} port ${settings.port}`);
  const connection = await Connection.open(settings.host, settings.port, timeouts.connect);
  try {
    const talk = talkOver(connection, timeouts);
    parts.onStep?.('connect', `Connected to ${settings.host} port ${settings.port} (${connection.peerAddress}).`);
    if (settings.tls === 'implicit') await secure(talk, parts);
    const greeting = await talk.hear('greeting', transcript);
    if (greeting.code !== 220) throw new Rejected('greeting', greeting);
    const plain = await ehlo(talk, parts);
    parts.onStep?.('ehlo', `${textOf(greeting)}; offers ${[...plain.keys()].join(', ') || 'nothing'}.`);
    const extensions = await startTls(talk, parts, plain);
    await login(talk, parts, extensions);
    return { ...talk, extensions, timeouts, newTranscript: parts.newTranscript, sent: 0 };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** In good order; never waits long and never fails. */
export async function endSession(session: Session): Promise<void> {
  if (session.connection.isOpen) await session.say('quit', 'QUIT', session.newTranscript()).catch(() => {});
  session.connection.destroy();
}
