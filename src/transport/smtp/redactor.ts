// Takes secrets out of what a server says: some echo the line of a login, whole or its beginning.

const mark = '(secret)';
/** So many characters of the beginning give a secret away; a shorter secret counts only whole. */
const telling = 8;
/** A secret as short as this is masked only where it stands as a word: it stands inside other words by chance. */
const short = 4;

/** Letters of either case are taken for the same: some servers echo in capitals. */
const folded = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

const isWordAt = (text: string, at: number): boolean => /[\p{L}\p{N}]/u.test(text.charAt(at));

/** How much of the secret stands at `from`; 0 when not enough of it to tell. */
function lengthAt(text: string, secret: string, from: number): number {
  if (secret.length < short && (isWordAt(text, from - 1) || isWordAt(text, from + secret.length))) return 0;
  let length = 0;
  while (length < secret.length && text[from + length] === secret[length]) length++;
  return length >= Math.min(telling, secret.length) ? length : 0;
}

function mask(text: string, secret: string): string {
  const [searched, wanted] = [folded(text), folded(secret)];
  const head = wanted.slice(0, telling);
  let out = '';
  let done = 0;
  for (let at = searched.indexOf(head); at >= 0; at = searched.indexOf(head, Math.max(done, at + 1))) {
    const length = lengthAt(searched, wanted, at);
    if (length === 0) continue;
    out += text.slice(done, at) + mark;
    done = at + length;
  }
  return out + text.slice(done);
}

/** @param secrets as they may be echoed: in clear, in base64, in a URL */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const longestFirst = [...new Set(secrets)].filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce(mask, text);
}

/** A secret in the forms in which it may come back. */
export const formsOf = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('base64'),
  encodeURIComponent(secret.toWellFormed()),
];
