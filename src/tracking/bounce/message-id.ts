// Which message a mail is about: the Message-ID of the one that came back, or that it answers.
import type { Letter } from './letter.ts';
import { decodeCharset } from './mime/charset.ts';
import { fieldOf } from './mime/header.ts';

const longest = 998;

/** No blanks and no control characters: an id is shown, searched and compared. */
const id = String.raw`[^<>\s\p{C}]{1,900}`;
const inBrackets = new RegExp(`<\\s*(${id})\\s*>`, 'gu');
const bare = new RegExp(`^${id}@${id}$`, 'u');
const inWords = new RegExp(`^[ \\t]*(?:original[- ])?message-id[ \\t]*:[ \\t]*\\n?[ \\t]*(<${id}>)`, 'imu');

/** Without brackets and comments; some systems leave the brackets out. */
function idsOf(value: string | undefined): string[] {
  const text = decodeCharset(value?.slice(0, longest).trim() ?? '', undefined);
  const found = [...text.matchAll(inBrackets)].map((one) => one[1]!);
  return found.length === 0 && bare.test(text) ? [text] : found;
}

/** The nearest proof first. null where nothing names the message. */
export function originalMessageId({ header, original, words, disposition }: Letter): string | null {
  return (
    idsOf(fieldOf(original, 'message-id'))[0] ??
    idsOf(inWords.exec(`${disposition ?? ''}\n${words}`)?.[1])[0] ??
    idsOf(fieldOf(header, 'in-reply-to'))[0] ??
    // The last one is the message that is answered (RFC 5322 section 3.6.4).
    idsOf(fieldOf(header, 'references')?.slice(-longest)).at(-1) ??
    null
  );
}
