// AUTH: PLAIN (RFC 4616), LOGIN, CRAM-MD5 (RFC 2195). What is secret is written to the line and never to the transcript.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type { Reply } from './reply.ts';

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
