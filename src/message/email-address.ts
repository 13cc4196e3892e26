// Email addresses: checking one, and comparing two. RFC 5321 4.1.2, RFC 6531.
import { domainToASCII } from 'node:url';
import { controlCharacter } from './control-characters.ts';

/** RFC 5321 4.5.3.1: octets of a local part, of a domain, of a path less its brackets. */
const most = { local: 64, domain: 255, path: 254 } as const;

const octets = (text: string): number => Buffer.byteLength(text);

const cut = (address: string): { local: string; domain: string } => {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, at), domain: address.slice(at + 1) };
};

const atom = /^[\p{L}\p{N}\p{M}!#$%&'*+/=?^_`{|}~-]+$/u;
/** RFC 5321 4.1.2, without the blanks and angle brackets that it would allow: too many programs read them as the end. */
const quotedString = /^"(?:[\p{L}\p{N}\p{M}!#-;=?-[\]-`{-~]|\\[\p{L}\p{N}\p{M}!-;=?-~])*"$/u;

function checkLocal(local: string): string | null {
  if (local === '') return 'nothing stands before the @';
  if (octets(local) > most.local) return `more than ${most.local} characters stand before the @`;
  if (quotedString.test(local)) return null;
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return 'a dot stands where none may be';
  const bad = local.split('.').find((part) => !atom.test(part));
  return bad === undefined ? null : `"${local}" holds a character that may not stand before the @`;
}

/**
 * Letters, digits and marks of any script, dots and hyphens. To be asked before `domainToASCII`, which reads the host of a URL:
 * it stops at / ? # and \, decodes %, and leaves out characters that nobody sees, so that what it was given is not what it checked.
 */
const domainCharacters = /^[\p{L}\p{N}\p{M}.-]+$/u;
const domainLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

function checkDomain(domain: string): string | null {
  if (domain === '') return 'nothing stands behind the @';
  if (!domainCharacters.test(domain)) return `"${domain}" holds a character that may not stand in a domain`;
  if (!domain.includes('.')) return `"${domain}" is not a whole domain (no dot)`;
  const ascii = domainToASCII(domain);
  const labels = ascii.split('.');
  if (octets(ascii) > most.domain || labels.some((label) => !domainLabel.test(label))) {
    return `"${domain}" can not be a domain`;
  }
  return /^\d+$/.test(labels.at(-1)!) ? `"${domain}" is a number, not a domain` : null;
}

/** Null when the address can be used; else what is wrong with it, in words. Does not say whether the mailbox exists. */
export function checkEmailAddress(address: string): string | null {
  const control = controlCharacter(address);
  if (control) return `it holds a control character (${control})`;
  if (!address.includes('@')) return 'it has no @';
  if (/\s/.test(address)) return 'it holds a blank';
  if (octets(address) > most.path) return `it is longer than ${most.path} characters`;
  const { local, domain } = cut(address);
  return checkLocal(local) ?? checkDomain(domain);
}

/**
 * As it is stored and goes over the line: a domain beyond ASCII as A-labels (RFC 5891), so that only a local part beyond ASCII
 * needs SMTPUTF8. Nothing else changes.
 */
export function wireAddress(address: string): string {
  const { local, domain } = cut(address);
  // eslint-disable-next-line no-control-regex -- all of ASCII
  return /^[\0-\x7f]*$/.test(domain) ? address : `${local}@${domainToASCII(domain) || domain}`;
}

/**
 * For comparing. The domain is the same in any letters (RFC 1035 2.3.3); what stands before the @ only its host may judge
 * (RFC 5321 2.4), but no host of today tells Ap@ from ap@, and one customer must not get a document twice.
 */
export function canonicalEmail(address: string): string {
  const { local, domain } = cut(address);
  return `${local.toLowerCase()}@${domainToASCII(domain) || domain.toLowerCase()}`;
}
