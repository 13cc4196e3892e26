// Which message a mail is about: the Message-ID of the one that came back, or that it answers.
import type { Letter } from './letter.ts';
import { fieldOf } from './mime/header.ts';

const longest = 998;

/** Without brackets and comments; some systems leave the brackets out. */
function idOf(value: string | undefined): string | null {
  const text = value?.slice(0, longest).trim() ?? '';
  return /<\s*([^<>\s]+)\s*>/.exec(text)?.[1] ?? /^([^<>\s]+@[^<>\s]+)$/.exec(text)?.[1] ?? null;
}

const lastOf = (value: string | undefined): string | null =>
  value
    ?.match(/<[^<>\s]+>/g)
    ?.at(-1)
    ?.slice(1, -1) ?? idOf(value);

const inWords = /^[ \t]*(?:original[- ])?message-id[ \t]*:[ \t]*\n?[ \t]*(<[^<>\s]+>)/im;

/** The nearest proof first. null where nothing names the message. */
export function originalMessageId({ header, original, words, disposition }: Letter): string | null {
  return (
    idOf(fieldOf(original, 'message-id')) ??
    idOf(inWords.exec(`${disposition ?? ''}\n${words}`)?.[1]) ??
    idOf(fieldOf(header, 'in-reply-to')) ??
    lastOf(fieldOf(header, 'references'))
  );
}
