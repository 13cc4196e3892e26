// A session with a mail server, ready for MAIL: connected, greeted, under TLS and logged in as the settings ask.
import { withNext } from '../../message/advice.ts';
import { OutboxError } from '../../message/errors.ts';
import type { SmtpSettings } from '../../message/settings.ts';
import { TokenFault } from '../oauth/token-fault.ts';
import type { LoginTokens } from '../oauth/token-source.ts';
import { authenticate, authenticateByToken, chooseMechanism, isLoopback, isPrivateAddress } from './auth.ts';
import { Connection } from './connection.ts';
import { LineFault, type SmtpPhase } from './fault.ts';
import { adviseLogin } from './login-advice.ts';
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
  /** The next step for a person, where more is known than the reply says. */
  readonly advice: string | null;
  constructor(phase: SmtpPhase, reply: Reply, advice: string | null = null) {
    super(`${reply.code} ${textOf(reply)}`);
    this.phase = phase;
    this.reply = reply;
    this.advice = advice;
  }
}

/** A token that was let in before is refused: with a new one it is worth another connection. */
class TokenRunOut extends Rejected {}

/** Steps of a test: those of the line, and the token that is fetched elsewhere. */
export type OnStep = (step: SmtpPhase | 'token', text: string) => void;

export interface SessionParts {
  settings: SmtpSettings;
  /** Null without a login. */
  password: () => Promise<string | null>;
  /** In place of a password, where the settings have `oauth`. */
  tokens?: LoginTokens | null | undefined;
  ehloName: string;
  timeouts: Timeouts;
  /** Of the first message: connecting is part of it. */
  transcript: Transcript;
  /** For the messages that follow on the same connection. */
  newTranscript: () => Transcript;
  /** Told after every step that worked, for `outbox test`. */
  onStep?: OnStep;
}

export interface Session {
  settings: SmtpSettings;
  connection: Connection;
  /** Keyword in capitals to its parameters. RFC 5321 4.1.1.1 */
  extensions: ReadonlyMap<string, string>;
  timeouts: Timeouts;
  /** Messages that were begun over this connection, and the octets of their contents. */
  sent: number;
  octets: number;
  /** Of the monotonic clock, ms. */
  beganAt: number;
  /** Told when the server does not take the token of this session any more; null without one. */
  tokenRefused: (() => void) | null;
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

interface Talk extends Pick<Session, 'connection' | 'say' | 'hear'> {
  /** From now on it is shown nowhere, though the server should repeat it. */
  hide(secret: string): void;
}

const talkOver = (connection: Connection, timeouts: Timeouts): Talk => {
  const hidden: string[] = [];
  const hide = (secret: string): void => {
    if (secret.length >= 8) hidden.push(secret);
  };
  // Some servers repeat in their reply the line that they do not like.
  const conceal = (line: string): string => hidden.reduce((text, secret) => text.replaceAll(secret, '(secret)'), line);
  const hear: Talk['hear'] = async (phase, transcript) => {
    const said = await connection.reply(timeouts[phase]);
    const reply = hidden.length === 0 ? said : { ...said, lines: said.lines.map(conceal) };
    const { code, enhanced, lines } = reply;
    lines.forEach((line, at) =>
      transcript.server(`${code}${at < lines.length - 1 ? '-' : ' '}${enhanced ? `${enhanced} ` : ''}${line}`),
    );
    return reply;
  };
  const say: Talk['say'] = (phase, line, transcript, shown = line) => {
    transcript.client(shown);
    if (shown !== line) hide(line.slice(line.lastIndexOf(' ') + 1));
    connection.write(`${line}\r\n`);
    return hear(phase, transcript);
  };
  return { connection, say, hear, hide };
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

/** What must be so before anything secret is said. */
function checkLine(talk: Talk, { settings, tokens }: SessionParts): void {
  if (talk.connection.tls !== null) return;
  const { peerAddress } = talk.connection;
  const isNear = tokens ? isLoopback(peerAddress) : isPrivateAddress(peerAddress);
  if (settings.authInClear && isNear) return;
  const text = tokens
    ? 'The token would go over the line in clear. Use tls: required; authInClear: true is for a server on this machine only.'
    : 'The password would go over the line in clear. Use tls: required, or authInClear: true to a loopback or private address.';
  throw new LineFault('configuration', text);
}

/** A secret or token that can not be had is no fault of the message. @throws LineFault */
async function proofFrom<T>(source: Promise<T>): Promise<T> {
  try {
    return await source;
  } catch (error) {
    if (!(error instanceof OutboxError)) throw error;
    const fault = error instanceof TokenFault ? error.fault : 'configuration';
    throw new LineFault(fault, withNext(error.message, error.hint), error);
  }
}

async function passwordLogin(talk: Talk, parts: SessionParts, user: string, offered: readonly string[]): Promise<void> {
  const mechanism = chooseMechanism(offered, parts.settings.avoid, talk.connection.tls !== null);
  if (!mechanism) {
    const text = 'The server offers no login that Outbox knows. Is TLS needed first, or the port another?';
    throw new LineFault('configuration', text);
  }
  const say = (line: string, shown: string): Promise<Reply> => talk.say('auth', line, parts.transcript, shown);
  const reply = await authenticate(mechanism, say, user, (await proofFrom(parts.password())) ?? '');
  if (reply.code !== 235) throw new Rejected('auth', reply, adviseLogin(reply, parts.settings, null));
  parts.onStep?.('auth', `Logged in as ${user} (${mechanism}).`);
}

/** @returns the token that was let in */
async function tokenLogin(
  talk: Talk,
  parts: SessionParts & { tokens: LoginTokens },
  user: string,
  offered: readonly string[],
): Promise<string> {
  const { tokens, transcript } = parts;
  if (!offered.includes('XOAUTH2')) {
    const words = offered.join(', ') || 'none';
    throw new LineFault('configuration', `The server takes no token (XOAUTH2). The logins it offers: ${words}.`);
  }
  const token = await proofFrom(tokens.token());
  talk.hide(token);
  transcript.note(tokens.describe());
  parts.onStep?.('token', tokens.describe());
  const say = (line: string, shown: string): Promise<Reply> => talk.say('auth', line, parts.transcript, shown);
  const { reply, details } = await authenticateByToken(say, user, token);
  if (reply.code === 235) {
    tokens.accepted(token);
    parts.onStep?.('auth', `Logged in as ${user} (XOAUTH2).`);
    return token;
  }
  if (details !== null) transcript.note(`The server says of the token: ${details.replaceAll(token, '(secret)')}`);
  const advice = adviseLogin(reply, parts.settings, details);
  // 4xx is of the moment and says nothing of the token.
  if (reply.code < 500) throw new Rejected('auth', reply, advice);
  const hasRunOut = tokens.wasAccepted(token);
  tokens.refused(token);
  throw hasRunOut ? new TokenRunOut('auth', reply, advice) : new Rejected('auth', reply, advice);
}

/** @returns the token of the login, if there is one */
async function login(talk: Talk, parts: SessionParts, extensions: ReadonlyMap<string, string>): Promise<string | null> {
  const { user } = parts.settings;
  if (user === null) return null;
  if (parts.settings.oauth !== null && !parts.tokens) throw new Error('A login by OAuth was given no tokens.');
  checkLine(talk, parts);
  const offered = (extensions.get('AUTH') ?? '').split(' ').filter(Boolean);
  const { tokens } = parts;
  if (tokens) return tokenLogin(talk, { ...parts, tokens }, user, offered);
  await passwordLogin(talk, parts, user, offered);
  return null;
}

async function connect(parts: SessionParts): Promise<Session> {
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
    const token = await login(talk, parts, extensions);
    const tokenRefused = token === null ? null : () => parts.tokens?.refused(token);
    const { newTranscript } = parts;
    const beganAt = performance.now();
    return { ...talk, settings, extensions, timeouts, newTranscript, tokenRefused, sent: 0, octets: 0, beganAt };
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/**
 * @throws LineFault or Rejected; the connection is closed then
 */
export async function beginSession(parts: SessionParts): Promise<Session> {
  try {
    return await connect(parts);
  } catch (error) {
    if (!(error instanceof TokenRunOut)) throw error;
    parts.transcript.note('The token was good before and has run out: once more with a new one.');
    return connect(parts);
  }
}

const minuteMs = 60_000;

/** Whether another message may go over the session: servers end those that last too long as they like, and we do it first. */
export function hasRoom({ connection, settings, sent, octets, beganAt }: Session): boolean {
  const { sessionMinutes, bytesPerConnection } = settings.limits;
  return (
    connection.isOpen &&
    sent < settings.messagesPerConnection &&
    octets < (bytesPerConnection ?? Infinity) &&
    performance.now() - beganAt < (sessionMinutes ?? Infinity) * minuteMs
  );
}

/** In good order; never waits long and never fails. */
export async function endSession(session: Session): Promise<void> {
  if (session.connection.isOpen) await session.say('quit', 'QUIT', session.newTranscript()).catch(() => {});
  session.connection.destroy();
}
