// Who asks: a person with a session, or a program with a key. Found from the request, checked against the route.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OutboxError } from '../message/errors.ts';
import type { UserRole } from '../message/settings.ts';
import type { Store } from '../store/store.ts';
import type { ServerParts } from './parts.ts';
import type { Access } from './route.ts';
import { hashToken } from './token.ts';

export interface Caller {
  kind: 'user' | 'key';
  name: string;
  role: UserRole;
  /** May send to an address that is not on file. */
  anyAddress: boolean;
  /** Of the session; null for a key. */
  session: string | null;
}

/** For histories. */
export const byOf = ({ kind, name }: Caller): string => (kind === 'key' ? `key ${name}` : name);

const minuteMs = 60_000;
/** A session ends after so long without a request, and at the latest after a week. */
const idleMs = 12 * 60 * minuteMs;
const longestMs = 7 * 24 * 60 * minuteMs;

const cookieName = ({ secure }: ServerParts): string => (secure ? '__Host-outbox' : 'outbox');

/** Hash of the session that the browser names; null when it names none. */
export function sessionIn(parts: ServerParts, { cookies }: FastifyRequest): string | null {
  const token = cookies[cookieName(parts)];
  return token === undefined || token === '' ? null : hashToken(token);
}

/** SameSite=Lax: no foreign page sends it along with a POST. */
export function giveCookie(parts: ServerParts, reply: FastifyReply, token: string): void {
  const { secure } = parts;
  void reply.setCookie(cookieName(parts), token, { path: '/', httpOnly: true, sameSite: 'lax', secure });
}

export function takeCookie(parts: ServerParts, reply: FastifyReply): void {
  const { secure } = parts;
  void reply.clearCookie(cookieName(parts), { path: '/', httpOnly: true, sameSite: 'lax', secure });
}

export const sessionEnd = (begunAt: number, now: number): number => Math.min(now + idleMs, begunAt + longestMs);

async function bySession(store: Store, hash: string, now: number): Promise<Caller | null> {
  const found = await store.sessions.find(hash, now);
  if (!found?.account.rights) return null;
  const { account, seenAt, begunAt } = found;
  if (now - seenAt > minuteMs) await store.sessions.touch(hash, now, sessionEnd(begunAt, now));
  const { role, anyAddress = false } = account.rights!;
  return { kind: 'user', name: account.name, role, anyAddress, session: hash };
}

async function byKey(store: Store, key: string, now: number): Promise<Caller | null> {
  const found = await store.apiKeys.withHash(hashToken(key));
  if (!found) return null;
  const { id, name, role, anyAddress, usedAt } = found;
  if (usedAt === null || now - usedAt > minuteMs) await store.apiKeys.touch(id, now);
  return { kind: 'key', name, role: role as UserRole, anyAddress: anyAddress === 1, session: null };
}

/** Whether a key is given. A login for a proxy on the way (Basic) is none: browsers send it by themselves. */
export const hasKey = ({ headers }: FastifyRequest): boolean => /^Bearer /i.test(headers.authorization ?? '');

/** A key that is given counts, right or wrong; else the cookie. */
export async function callerOf(parts: ServerParts, request: FastifyRequest): Promise<Caller | null> {
  const { store } = parts.opened;
  const now = parts.now();
  if (hasKey(request)) {
    const [, key] = /^Bearer ([\w-]{20,100})$/i.exec(request.headers.authorization!) ?? [];
    return key === undefined ? null : byKey(store, key, now);
  }
  const session = sessionIn(parts, request);
  return session === null ? null : bySession(store, session, now);
}

/** @throws OBX232 when nobody is signed in, OBX233 when that role may not */
export function demandAccess(may: Access, caller: Caller | null): void {
  if (may === 'anyone') return;
  if (caller === null) throw new OutboxError('OBX232');
  if (may === 'signed-in' || may.includes(caller.role)) return;
  throw new OutboxError('OBX233', { who: byOf(caller), role: caller.role, may: may.join(', ') });
}

/**
 * What changes something must come from a page of this server: the browser says where it comes from, and no page can change that.
 * A program without a cookie need not say it.
 * @throws OBX236
 */
export function demandOwnPage({ method, headers }: FastifyRequest, hasSession: boolean): void {
  if (method === 'GET' || method === 'HEAD') return;
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  if (origin === undefined) {
    if (!hasSession || site === 'same-origin') return;
    throw new OutboxError('OBX236', { detail: 'it does not say where it comes from (header Origin)' });
  }
  if (URL.canParse(origin) && new URL(origin).host === host) return;
  throw new OutboxError('OBX236', { detail: `it comes from ${origin}` });
}
