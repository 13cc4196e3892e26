// A tenant of Microsoft that never was: its applications, the tokens that it gave out, and whether one of them is good.
import { createHmac, randomBytes, randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const audiences = {
  'https://outlook.office365.com/.default': 'https://outlook.office365.com',
  'https://graph.microsoft.com/.default': 'https://graph.microsoft.com',
} as const;
export type Audience = (typeof audiences)[keyof typeof audiences];

export interface Application {
  client: string;
  secrets: { value: string; isExpired: boolean }[];
  certificates: X509Certificate[];
}

export type Checked = { ok: true; client: string } | { ok: false; why: 'nonsense' | 'audience' | 'expired' };

export interface Tenant {
  id: string;
  applications: Map<string, Application>;
  /** @returns a token of the application */
  issue(client: string, audience: Audience, seconds: number): string;
  /** What every service of the tenant asks of a bearer token: signature, audience, and that it has not run out. */
  check(token: string, audience: Audience): Checked;
  /** All tokens that were given out so far run out now. */
  expireAll(): void;
}

interface Claims {
  aud: string;
  appid: string;
  exp: number;
  uti: string;
}

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @param wish an application with a secret, with a certificate (PEM file), or both */
export function createTenant(wish: { client?: string; secret?: string; certificate?: string } = {}): Tenant {
  const key = randomBytes(32);
  const applications = new Map<string, Application>();
  const given = new Set<string>();
  const over = new Set<string>();
  const seal = (text: string): string => createHmac('sha256', key).update(text).digest('base64url');
  const client = wish.client ?? randomUUID();
  applications.set(client, {
    client,
    secrets: wish.secret === undefined ? [] : [{ value: wish.secret, isExpired: false }],
    certificates: wish.certificate === undefined ? [] : [new X509Certificate(readFileSync(wish.certificate))],
  });
  return {
    id: randomUUID(),
    applications,
    issue(of, aud, seconds) {
      const claims: Claims = { aud, appid: of, exp: Date.now() / 1_000 + seconds, uti: randomUUID() };
      const text = `${base64({ alg: 'HS256', typ: 'JWT' })}.${base64(claims)}`;
      given.add(claims.uti);
      return `${text}.${seal(text)}`;
    },
    check(token, audience) {
      const at = token.lastIndexOf('.');
      if (at < 0 || seal(token.slice(0, at)) !== token.slice(at + 1)) return { ok: false, why: 'nonsense' };
      const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Claims;
      if (claims.aud !== audience) return { ok: false, why: 'audience' };
      if (over.has(claims.uti) || claims.exp <= Date.now() / 1_000) return { ok: false, why: 'expired' };
      return { ok: true, client: claims.appid };
    },
    expireAll() {
      for (const id of given) over.add(id);
    },
  };
}
