// AUTH: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195), XOAUTH2 (of Google and Microsoft, no RFC). What is secret is written to
// the line and never to the transcript.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import { type Reply, textOf } from './reply.ts';

export type Mechanism = 'PLAIN' | 'LOGIN' | 'CRAM-MD5';

/** Under TLS the simple ones do; in clear only CRAM-MD5 keeps the password off the line, so it comes first. */
const order = (secure: boolean): readonly Mechanism[] =>
  secure ? ['PLAIN', 'LOGIN', 'CRAM-MD5'] : ['CRAM-MD5', 'PLAIN', 'LOGIN'];

/** @param offered what stands behind AUTH in the EHLO reply, in capitals */
export const chooseMechanism = (
  offered: readonly string[],
  avoid: readonly string[],
  secure: boolean,
): Mechanism | null => order(secure).find((name) => offered.includes(name) && !avoid.includes(name)) ?? null;

const privateAddress = /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|::1$|f[cd]|fe80:)/i;

/** Loopback and private addresses (RFC 1918, RFC 4193): the only ones to which a password may go in clear. */
export const isPrivateAddress = (address: string): boolean =>
  isIP(address) > 0 && privateAddress.test(address.replace(/^::ffff:/i, ''));

/** This machine: the only one to which a token may go in clear, as to an stunnel that does the TLS. */
export const isLoopback = (address: string): boolean => /^(?:127\.|::1$)/.test(address.replace(/^::ffff:/i, ''));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** Says a line (`shown` is what the transcript may hold) and gives the reply. */
export type Say = (line: string, shown: string) => Promise<Reply>;

async function login(say: Say, user: string, password: string): Promise<Reply> {
  const first = await say('AUTH LOGIN', 'AUTH LOGIN');
  if (first.code !== 334) return first;
  const second = await say(base64(user), '(user name)');
  return second.code === 334 ? say(base64(password), '(secret)') : second;
}

async function cramMd5(say: Say, user: string, password: string): Promise<Reply> {
  const challenge = await say('AUTH CRAM-MD5', 'AUTH CRAM-MD5');
  if (challenge.code !== 334) return challenge;
  const asked = Buffer.from(challenge.lines.join('').trim(), 'base64');
  const digest = createHmac('md5', password).update(asked).digest('hex');
  return say(base64(`${user} ${digest}`), '(secret)');
}

/** The last reply: 235 when it is done. */
export function authenticate(mechanism: Mechanism, say: Say, user: string, password: string): Promise<Reply> {
  if (mechanism === 'LOGIN') return login(say, user, password);
  if (mechanism === 'CRAM-MD5') return cramMd5(say, user, password);
  return say(`AUTH PLAIN ${base64(`\0${user}\0${password}`)}`, 'AUTH PLAIN (secret)');
}

/** Why a token was refused, as the server says it: JSON in base64, made readable. It holds no secret. */
function readDetails(challenge: string): string {
  const text = Buffer.from(challenge, 'base64').toString('utf8');
  return text
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .trim()
    .slice(0, 500);
}

export interface TokenReply {
  /** 235 when it is done. */
  reply: Reply;
  /** What the server said of a refused token besides; null when nothing. */
  details: string | null;
}

/** AUTH XOAUTH2: developers.google.com/workspace/gmail/imap/xoauth2-protocol */
export async function authenticateByToken(say: Say, user: string, token: string): Promise<TokenReply> {
  const response = base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
  const first = await say(`AUTH XOAUTH2 ${response}`, 'AUTH XOAUTH2 (token)');
  // A server that takes no initial response asks for it by an empty challenge.
  const reply = first.code === 334 && textOf(first) === '' ? await say(response, '(token)') : first;
  if (reply.code !== 334) return { reply, details: null };
  // The challenge is the error; only after an empty answer comes the reply that ends the exchange.
  return { details: readDetails(textOf(reply)), reply: await say('', '(empty line)') };
}

/** RFC 4954, 6, and Exchange: said of MAIL on a connection that was logged in, the login has run out. */
export const isLoginOver = (code: number): boolean => code === 530 || code === 535;
