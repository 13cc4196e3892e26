// Email addresses as reports write them.
import { decodeCharset } from './mime/charset.ts';
import { decodeWords } from './mime/encoded-words.ts';

/** An address within a text: at the most 64 and 255 characters, as RFC 5321 section 4.5.3.1 has it, so that a search stays short. */
export const addressPattern = String.raw`(?:"[^"\s\n]{1,64}"|[\p{L}\p{N}\p{So}!#$%&'*+/=?^_.{|}~-]{1,64})@[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}[\p{L}\p{N}])?){0,20}`;

/** RFC 6533 section 3: \x{HEX} for what a 7-bit address can not hold. */
const unescape = (text: string): string =>
  text.replace(/\\x\{([0-9A-Fa-f]{1,6})\}/g, (whole, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });

const anAddress = new RegExp(addressPattern, 'u');

/** @param value of a field like Final-Recipient: `rfc822; a@b.example`. @returns the address; null where there is none */
export function addressOfField(value: string | undefined): string | null {
  if (value === undefined) return null;
  const bare = value
    .slice(0, 1000)
    .replace(/^\s*[\w/-]+\s*;\s*/, '')
    .trim();
  // Within an address an encoded word is no such word (RFC 2047 section 5), and the address is what it looks like.
  return (
    anAddress.exec(unescape(decodeCharset(bare, undefined)))?.[0] ?? anAddress.exec(decodeWords(bare))?.[0] ?? null
  );
}

/** @param text decoded, as that of a From. */
export const firstAddress = (text: string): string | null => anAddress.exec(text.slice(0, 2000))?.[0] ?? null;

const betweenAddresses = /[\s,;<>()]+/;
const longest = 320;
const addressIn = (word: string): string | null =>
  word.length <= longest && word.includes('@') ? (anAddress.exec(word)?.[0] ?? null) : null;

/** Every address of a text, once. */
export const addressesIn = (text: string): string[] =>
  [...new Set(text.slice(0, 20_000).split(betweenAddresses).map(addressIn))].filter((one) => one !== null);

/** Every address of a field like To or X-Failed-Recipients, once. */
export const addressesOf = (value: string | undefined): string[] =>
  value === undefined ? [] : addressesIn(decodeWords(value));

/** Addresses of a mail system and of those who run it: reports say that one may write there. */
export const isOffice = (address: string): boolean =>
  /^(?:post_?master|mailer-?daemon|abuse|hostmaster)@/i.test(address);

export const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
