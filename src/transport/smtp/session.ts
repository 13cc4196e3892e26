// A session with a mail server, ready for MAIL: connected, greeted, under TLS and logged in as the settings ask.
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
  transcript: Transcript;
  /** Told after every step that worked, for `outbox test`. */
  onStep?: OnStep;
}

export interface Session {
  connection: Connection;
  /** Keyword in capitals to its parameters. RFC 5321 4.1.1.1 */
  extensions: ReadonlyMap<string, string>;
  transcript: Transcript;
  /** Messages over this connection. */
  sent: number;
  /** The token it is logged in with; null with a password, or without a login. */
  token: string | null;
  /** Says one line and waits. */
  say(phase: SmtpPhase, line: string, shown?: string): Promise<Reply>;
  hear(phase: SmtpPhase): Promise<Reply>;
}

const readExtensions = (reply: Reply, avoid: readonly string[]): Map<string, string> => {
  const lines = reply.lines.slice(1).map((line) => {
    const [keyword = '', ...parameters] = line.trim().split(/[ =]/);
    return [keyword.toUpperCase(), parameters.join(' ').toUpperCase()] as const;
  });
  return new Map(lines.filter(([keyword]) => keyword !== '' && !avoid.includes(keyword)));
};

const openSession = (
  connection: Connection,
  { transcript, timeouts }: SessionParts,
): Omit<Session, 'extensions' | 'sent' | 'token'> & { hide(secret: string): void } => {
  const hidden: string[] = [];
  const hide = (secret: string): void => {
    if (secret.length >= 8) hidden.push(secret);
  };
  // Some servers repeat in their reply the line that they do not like.
  const conceal = (line: string): string => hidden.reduce((text, secret) => text.replaceAll(secret, '(secret)'), line);
  const hear = async (phase: SmtpPhase): Promise<Reply> => {
    const said = await connection.reply(timeouts[phase]);
    const reply = hidden.length === 0 ? said : { ...said, lines: said.lines.map(conceal) };
    const { code, enhanced, lines } = reply;
    lines.forEach((line, at) =>
      transcript.server(`${code}${at < lines.length - 1 ? '-' : ' '}${enhanced ? `${enhanced} ` : ''}${line}`),
    );
    return reply;
  };
  const say = (phase: SmtpPhase, line: string, shown = line): Promise<Reply> => {
    transcript.client(shown);
    if (shown !== line) hide(line.slice(line.lastIndexOf(' ') + 1));
    connection.write(`${line}\r\n`);
    return hear(phase);
  };
  return { connection, transcript, say, hear, hide };
};

type Talk = ReturnType<typeof openSession>;

async function ehlo(talk: Talk, parts: SessionParts): Promise<Map<string, string>> {
  const reply = await talk.say('ehlo', `EHLO ${parts.ehloName}`);
  if (reply.code === 250) return readExtensions(reply, parts.settings.avoid);
  // RFC 5321 3.2: a server that knows no EHLO is greeted the old way.
  const old = reply.code === 500 || reply.code === 502 ? await talk.say('ehlo', `HELO ${parts.ehloName}`) : reply;
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
  const reply = await talk.say('starttls', 'STARTTLS');
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
    throw new LineFault(fault, `${error.message} ${error.hint}`, error);
  }
}

async function passwordLogin(talk: Talk, parts: SessionParts, user: string, offered: readonly string[]): Promise<void> {
  const mechanism = chooseMechanism(offered, parts.settings.avoid, talk.connection.tls !== null);
  if (!mechanism) {
    const text = 'The server offers no login that Outbox knows. Is TLS needed first, or the port another?';
    throw new LineFault('configuration', text);
  }
  const say = (line: string, shown: string): Promise<Reply> => talk.say('auth', line, shown);
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
  const say = (line: string, shown: string): Promise<Reply> => talk.say('auth', line, shown);
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
    const talk = openSession(connection, parts);
    parts.onStep?.('connect', `Connected to ${settings.host} port ${settings.port} (${connection.peerAddress}).`);
    if (settings.tls === 'implicit') await secure(talk, parts);
    const greeting = await talk.hear('greeting');
    if (greeting.code !== 220) throw new Rejected('greeting', greeting);
    const plain = await ehlo(talk, parts);
    parts.onStep?.('ehlo', `${textOf(greeting)}; offers ${[...plain.keys()].join(', ') || 'nothing'}.`);
    const extensions = await startTls(talk, parts, plain);
    const token = await login(talk, parts, extensions);
    return { ...talk, extensions, token, sent: 0 };
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

/** In good order; never waits long and never fails. */
export async function endSession(session: Session): Promise<void> {
  if (session.connection.isOpen) await session.say('quit', 'QUIT').catch(() => {});
  session.connection.destroy();
}
