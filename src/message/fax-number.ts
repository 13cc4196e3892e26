// Fax numbers as people write them, read with the company's country and turned to E.164.
import { createRequire } from 'node:module';
import { controlCharacter } from './control-characters.ts';

type Library = typeof import('libphonenumber-js');

let library: Library | null = null;
/** A hundred files, which a program that meets no number does without. */
const numbering = (): Library => (library ??= createRequire(import.meta.url)('libphonenumber-js') as Library);

export type FaxNumber = { ok: true; e164: string; digits: string; national: string } | { ok: false; detail: string };

const refuse = (detail: string): FaxNumber => ({ ok: false, detail });

/** Dashes of any length, and blanks of any kind, are what a typewriter would have written. */
const plain = (raw: string): string =>
  raw
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/\s+/g, ' ')
    .trim();

/** The digit for an outside line, and the pause behind it: how a machine in the office dials. The number begins behind them. */
const outsideLine = /^(?:\d{1,2}[,wp]+|,+)\s*(?=[\d+(])/i;

/** Behind the number: "x12", "ext. 12", ",,12". */
const extension = /^(.*\d)\s*(?:(?:x|ext(?:ension|n)?\.?|#)[\s.:]*|,+\s*)(\d{1,6})$/i;

/** Digits, the usual separators, a leading plus, and a word that says what the number is. */
const shape = /^(?:fax|tel|phone|f|t)?[:.\s]*\+?[\d\s().\-/]+$/i;

/**
 * @param raw "(414) 555-0134", "+1 414 555 0134", "011 49 30 1234567"
 * @param country ISO 3166 two letters: how a number without a country code is read
 */
export function readFaxNumber(raw: string, country: string): FaxNumber {
  const control = controlCharacter(raw);
  if (control) return refuse(`it holds a control character (${control})`);
  const written = plain(raw).replace(outsideLine, '');
  if (written === '') return refuse('it is empty');
  const inside = extension.exec(written)?.[2];
  if (inside !== undefined) {
    return refuse(
      `"${raw.trim()}" has the extension ${inside}, which no fax can dial: write the number that reaches it directly`,
    );
  }
  if (!shape.test(written)) return refuse(`"${written}" holds more than a number`);
  const number = written.replace(/^[a-z:.\s]+/i, '');
  const { isSupportedCountry, parsePhoneNumberFromString } = numbering();
  const parsed = parsePhoneNumberFromString(number, isSupportedCountry(country) ? country : 'US');
  if (!parsed) return refuse(`"${written}" is no telephone number`);
  // isPossible looks at the length only: fictional and newly opened numbers must pass.
  if (!parsed.isPossible())
    return refuse(`"${written}" has too few or too many digits for a number of ${parsed.country ?? country}`);
  const e164 = parsed.number;
  return { ok: true, e164, digits: e164.slice(1), national: parsed.nationalNumber };
}
