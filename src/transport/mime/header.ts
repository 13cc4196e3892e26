// Header fields: RFC 5322 folding, RFC 2047 encoded words, RFC 2231 parameters. Nothing that goes in can end a field.
import { asOneLine } from '../../message/control-characters.ts';
import { wireAddress } from '../../message/email-address.ts';

/** RFC 5322 2.1.1: lines should have 78 characters at most. */
const lineLength = 78;
/** RFC 2047 2: a line with an encoded word has 76 characters at most, with the name of the field where that stands in it. */
const encodedLineLength = 76;
/** Octets that an encoded word of so many characters holds: "=?UTF-8?B?" and "?=" take 12, base64 needs 4 for every 3. */
const wordOctets = (characters: number): number => Math.floor((characters - 12) / 4) * 3;

const octetsOf = (text: string): number => Buffer.byteLength(text);
const printable = /^[\x20-\x7e]*$/;

/** Cuts between characters, never inside one: each encoded word must be decodable by itself (RFC 2047 5). */
function cutOctets(text: string, first: number, others: number): string[] {
  const parts: string[] = [];
  let most = first;
  let part = '';
  let size = 0;
  for (const character of text) {
    const octets = octetsOf(character);
    if (size + octets > most) {
      parts.push(part);
      part = '';
      size = 0;
      most = others;
    }
    part += character;
    size += octets;
  }
  return part === '' ? parts : [...parts, part];
}

/** @param before characters that stand before the first word on its line. @param behind characters that follow the last */
const encodedWords = (text: string, before: number, behind = 0): string[] =>
  cutOctets(
    text,
    wordOctets(encodedLineLength - before - behind),
    wordOctets(encodedLineLength - ' '.length - behind),
  ).map((part) => `=?UTF-8?B?${Buffer.from(part).toString('base64')}?=`);

/** Words of an unstructured field of this name: as they are when ASCII, encoded otherwise (also where they look like an encoded word). */
export function encodeText(name: string, text: string): string[] {
  const line = asOneLine(text.toWellFormed());
  const plain =
    printable.test(line) && !line.includes('=?') && line.split(' ').every((word) => word.length < lineLength);
  return plain ? line.split(' ') : encodedWords(line, `${name}: `.length);
}

/** A display name before the address in a field of this name: an atom, a quoted string, or encoded words. */
export function encodePhrase(name: string, text: string): string[] {
  const line = asOneLine(text.toWellFormed());
  if (line === '') return [];
  if (!printable.test(line) || line.includes('=?') || line.length > 60) {
    return encodedWords(line, `${name}: `.length);
  }
  if (/^[A-Za-z0-9 !#$%&'*+/=?^_`{|}~-]+$/.test(line)) return line.split(' ');
  return [`"${line.replace(/["\\]/g, '\\$&')}"`];
}

/** `Name: words`, folded before a word that would pass the line length. Ends with CRLF. */
export function field(name: string, words: readonly string[]): string {
  const whole = [`${name}:`, ...words].join(' ');
  if (whole.length <= encodedLineLength) return `${whole}\r\n`;
  let line = `${name}:`;
  let out = '';
  for (const word of words) {
    const most = line.includes('=?') || word.includes('=?') ? encodedLineLength : lineLength;
    if (line.length + 1 + word.length > most && line.trim() !== '' && line !== `${name}:`) {
      out += `${line}\r\n`;
      line = '';
    }
    line += ` ${word}`;
  }
  return `${out}${line}\r\n`;
}

/** Addresses with a comma after each but the last. */
export const addressList = (addresses: readonly string[]): string[] =>
  addresses.map((address, at) => asOneLine(wireAddress(address)) + (at < addresses.length - 1 ? ',' : ''));

/** Of a file name in ASCII, for readers that know no RFC 2231. */
const asciiName = (name: string): string => name.replace(/[^\x20-\x7e]|["\\]|(?<==)\?/g, '_');

/** RFC 2231 7: what is not an attribute-char is written as %XX. */
const percent = (text: string): string =>
  encodeURIComponent(text).replace(
    /['()*!~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** A plain name is not cut: no line comes near the 998 characters that are allowed (RFC 5322 2.1.1). */
const longestPlainName = 120;

/** So much of a value fits a line of its own, with the name of its part. */
const sectionLength = 60;

/** RFC 2231 3 and 4: continuations with a character set; cut between octets, never inside a %XX. */
function extended(name: string, value: string): string[] {
  const encoded = percent(value);
  if (encoded.length <= sectionLength) return [`${name}*=UTF-8''${encoded}`];
  const pieces = encoded.match(/(?:%[0-9A-F]{2}|[^%]){1,20}/g) ?? [];
  return pieces.map((piece, at) => `${name}*${at}*=${at === 0 ? "UTF-8''" : ''}${piece}`);
}

/**
 * A file name as parameters. A plain one is a quoted string; one that is not, or that looks like an encoded word, comes twice: an ASCII stand-in or RFC 2047 words for old
 * Outlook and Gmail, and RFC 2231 for the rest, who prefer it (RFC 6266 4.3 has the same rule for HTTP).
 */
export function fileNameParameters(name: 'name' | 'filename', value: string): string[] {
  const line = asOneLine(value.toWellFormed());
  if (printable.test(line) && !line.includes('=?') && line.length <= longestPlainName)
    return [`${name}=${quoted(line)}`];
  if (name === 'name') {
    return [`${name}="${encodedWords(line, ' name="'.length, '"'.length).join('\r\n ')}"`];
  }
  const standIn = asciiName(line);
  const short = standIn.length <= sectionLength ? standIn : standIn.slice(-sectionLength);
  return [`${name}=${quoted(short)}`, ...extended(name, line)];
}

/** `value; parameter; parameter`, each parameter on a line of its own. */
export const withParameters = (name: string, value: string, parameters: readonly string[]): string =>
  `${name}: ${[value, ...parameters].join(';\r\n ')}\r\n`;
