// Several addresses or numbers in one field, as business systems hold them: split, and freed of what is around them. No guesses.

/** What people write where there is none. */
const none = /^(?:n\/?a|n\.a\.|none|null|[-–—]+)\.?$/i;

/** Blanks of any kind are blanks; marks that nobody sees are nothing. */
const tidy = (text: string): string =>
  text
    .replace(/\u200b|\u200c|\u200d|\u2060|\ufeff|\u00ad/g, '')
    .replace(/[\u00a0\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .trim();

/** At ; and , and line ends outside of quotation marks and parentheses. */
function splitAtSigns(field: string): string[] {
  const parts = [''];
  let quoted = false;
  let depth = 0;
  for (const character of field) {
    if (character === '"') quoted = !quoted;
    if (!quoted && character === '(') depth++;
    if (!quoted && character === ')') depth = Math.max(0, depth - 1);
    const isEnd = /[\r\n]/.test(character) || (!quoted && depth === 0 && /[;,]/.test(character));
    if (isEnd) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

/** "mailto:", quotation marks around the whole, and a remark in parentheses are no part of an address. */
const bare = (address: string): string =>
  address
    .trim()
    .replace(/^(?:\([^()]*\)\s*)+(?=\S)/, '')
    .replace(/(?<=\S)(?:\s*\([^()]*\))+$/, '')
    .replace(/^(["'])([^"'@\s]+@[^"'@\s]+)\1$/, '$2')
    .replace(/^mailto:\s*/i, '')
    .trim();

/** "Ann <a@x> Bob <b@y>": names and brackets in turn, to the end. */
const mailboxes = /^(?:(?:"[^"]*"|[^"<>@])*<[^<>]*>)+$/;

/** An address in brackets counts; where the name before it is another address, nobody knows which one is meant. */
function bracketed(part: string): string[] | null {
  if (mailboxes.test(part)) return [...part.matchAll(/<([^<>]*)>/g)].map(([, address]) => bare(address!));
  const [, name, address] = /^([^<>]*)<([^<>]*)>$/.exec(part) ?? [];
  return name !== undefined && bare(name).toLowerCase() === bare(address!).toLowerCase() ? [bare(address!)] : null;
}

/** "a@x b@y": every piece must be an address of its own, else the whole stays as it is. */
function splitAtBlanks(part: string): string[] {
  const pieces = part.split(/\s+/);
  return !/["<>]/.test(part) && pieces.every((piece) => /^[^@]+@[^@]+$/.test(piece)) ? pieces : [part];
}

/** The addresses of a field. A display name is left away; what is no address stays as it is, so that a check can name it. */
export const readEmailList = (field: string): string[] =>
  splitAtSigns(field)
    .map((part) => bare(tidy(part)))
    .flatMap((part) => bracketed(part) ?? splitAtBlanks(part))
    .filter((address) => address !== '' && !none.test(address));

/** Numbers separated by ; or line ends, as they are written: a comma may be a pause. */
export const readFaxList = (field: string): string[] =>
  field
    .split(/[;\r\n]+/)
    .map(tidy)
    .filter((number) => number !== '' && !none.test(number));
