// Fields with rules of their own: addresses, numbers, hosts, templates, time zones, fingerprints.
import { isIP } from 'node:net';
import { checkEmailAddress } from '../message/email-address.ts';
import { checkTemplate } from '../message/template.ts';
import { judged, line, text } from './fields.ts';
import type { Judge } from './fields.ts';

const template: Judge = (value) => {
  const detail = checkTemplate(value);
  return detail === null ? null : { detail, hint: 'such as {{ document.number }} or {{ company.name }}' };
};

/** One line with Liquid fields. */
export const templateLine = judged(line, template);
/** Text of several lines with Liquid fields. */
export const templateText = judged(text, template);

export const emailAddress = judged(line, (value) => {
  const detail = checkEmailAddress(value);
  return detail === null ? null : { detail, hint: 'such as billing@acme.example' };
});

const faxFields = /\{\{-?\s*fax\.(digits|e164|national)\b/;

/** How a number becomes the To address of a fax gateway. */
export const gatewayAddress = judged(templateLine, (value) => {
  const hint = 'such as "{{ fax.digits }}@efaxsend.com"';
  if (!faxFields.test(value)) return { detail: 'the fax number does not stand in it', hint };
  return value.includes('@') ? null : { detail: 'this is no address', hint };
});

export const country = judged(line, (value) => {
  const known = /^[A-Za-z]{2}$/.test(value) && isCountry(value.toUpperCase());
  return known ? null : { detail: 'this is no country', hint: 'two letters of ISO 3166, such as US or DE' };
});

function isCountry(code: string): boolean {
  return new Intl.DisplayNames('en', { type: 'region', fallback: 'none' }).of(code) !== undefined && code !== 'ZZ';
}

export const timeZone = judged(line, (value) => {
  const hint = 'such as America/Denver or Europe/Berlin';
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    // An offset such as +01:00 knows no summer time.
    return /^[A-Za-z]/.test(value) ? null : { detail: 'this is no name of a time zone', hint };
  } catch {
    return { detail: 'there is no such time zone', hint };
  }
});

const label = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const debugPrefix = /^\[debug\]\s*/i;

/** The host without the prefix "[DEBUG]", and whether it was there. */
export const splitDebug = (written: string): { host: string; debug: boolean } => ({
  host: written.trim().replace(debugPrefix, ''),
  debug: debugPrefix.test(written.trim()),
});

const isHostName = (host: string): boolean =>
  host.length <= 253 &&
  host
    .replace(/\.$/, '')
    .split('.')
    .every((part) => label.test(part));

export const host = judged(line, (written) => {
  const { host: name } = splitDebug(written);
  const hint = 'such as smtp.office365.com or 127.0.0.1';
  if (name.includes('://')) return { detail: 'this is no host', hint: `write the name alone, ${hint}` };
  if (/:\d+$/.test(name) && isIP(name) === 0)
    return { detail: 'the port stands in the host', hint: 'write it under port' };
  if (isIP(name) !== 0) return null;
  if (/^[\d.]+$/.test(name)) return { detail: 'this is no IP address', hint };
  return isHostName(name) ? null : { detail: 'this is no host', hint };
});

/** Name said in EHLO: a host name, or an address literal in brackets (RFC 5321 4.1.3). */
export const ehloName = judged(line, (value) => {
  const literal = /^\[(?:IPv6:)?([^\]]+)\]$/i.exec(value)?.[1];
  const good = literal === undefined ? isHostName(value) : isIP(literal) !== 0;
  return good ? null : { detail: 'this is no host name', hint: 'such as mail.acme.example' };
});

const isLoopbackName = (name: string): boolean => /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(name);

/** Secrets and documents go there, so nothing but TLS will do, except on this machine. */
const safeAddress = (hint: string) =>
  judged(line, (value) => {
    const url = URL.parse(value);
    if (url === null) return { detail: 'this is no address', hint };
    if (url.username !== '' || url.password !== '') return { detail: 'a user name stands in the address', hint };
    const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname));
    return isSafe ? null : { detail: 'only https: keeps the secret safe on its way', hint };
  });

/** Where tokens are fetched. */
export const tokenAddress = safeAddress('such as https://login.microsoftonline.us/TENANT/oauth2/v2.0/token');

/** Microsoft Graph of a national cloud, with its version. */
export const graphAddress = safeAddress('such as https://graph.microsoft.us/v1.0');

const fingerprintForm = /^SHA256:(?:[0-9A-F]{64}|[0-9A-F]{2}(?::[0-9A-F]{2}){31})$/i;

export const fingerprint = judged(line, (value) =>
  fingerprintForm.test(value)
    ? null
    : {
        detail: 'this is no fingerprint',
        hint: 'SHA256: and 64 hexadecimal digits, as openssl x509 -fingerprint -sha256 prints them',
      },
);

/** "SHA256:" and pairs of upper-case digits with colons, as Node prints a fingerprint. */
export function tidyFingerprint(written: string): string {
  const digits = written.slice('SHA256:'.length).replaceAll(':', '').toUpperCase();
  return `SHA256:${(digits.match(/../g) ?? []).join(':')}`;
}
