// Where the words of a report end and the returned message begins.
import { originalMarks } from './rules/original.ts';

/** Sticky, so that each is tried at the start of a line only. */
const marks = originalMarks.map(({ pattern }) => new RegExp(pattern.source, 'iy'));

const isMark = (text: string, at: number): boolean =>
  marks.some((mark) => {
    mark.lastIndex = at;
    return mark.test(text);
  });

/** A mark is short: a longer line that begins like one is a sentence. The header of a message is no sentence. */
const longestMark = 110;
const headerLine = /^(?:received|return-path|x-received|dkim-signature):/i;

/** @param text of a report. @returns its own words, and what it shows of the message */
export function splitOriginal(text: string): { words: string; original: string } {
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end + 1;
    const start = at + /^[ \t]*/.exec(text.slice(at, at + 40))![0].length;
    const isShort = next - at <= longestMark || headerLine.test(text.slice(start, start + 20));
    if (isShort && isMark(text, start)) {
      const isHeader = headerLine.test(text.slice(start, start + 20));
      return { words: text.slice(0, at), original: text.slice(isHeader ? at : next) };
    }
    at = next;
  }
  return { words: text, original: '' };
}
