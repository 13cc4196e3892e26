// The references of XML (&amp; &#228; &#xE4;) as characters. There are no others, for a manifest has no document type definition.

const named = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/**
 * `text` with its references replaced. Control characters are left to the check of the row, so that the row is named; an ampersand
 * without a semicolon stays. @throws Error when a reference means nothing
 */
export function decodeReferences(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => {
    const character = name.startsWith('#') ? numbered(name.slice(1)) : named.get(name);
    if (character === undefined) throw new Error(`${whole} is not known in XML`);
    return character;
  });
}

function numbered(digits: string): string | undefined {
  const code = /^x[0-9a-f]{1,6}$/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : decimal(digits);
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}

const decimal = (digits: string): number => (/^\d{1,7}$/.test(digits) ? Number(digits) : Number.POSITIVE_INFINITY);
