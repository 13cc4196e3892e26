// Control characters have no place in an address, number, subject, name or key: they would end a header or a line.

const names: Readonly<Record<number, string>> = { 0: 'NUL', 9: 'TAB', 10: 'LF', 13: 'CR', 27: 'ESC', 127: 'DEL' };

/** The name of the first control character of `text`, or null. */
export function controlCharacter(text: string): string | null {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const found = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.exec(text)?.[0];
  if (found === undefined) return null;
  const code = found.charCodeAt(0);
  return names[code] ?? `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Every one as a sign that can be seen (Unicode 2400), so that it neither plays with a terminal nor stops a database. */
const picture = (character: string): string => {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\ufffd';
};

/** A line that somebody else wrote: control characters but TAB made visible. */
export const visibleLine = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  text.toWellFormed().replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/g, picture);

/** As `visibleLine`, for text of several lines: CR and LF stay too. */
export const visibleText = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, picture);

/** Most lines are such already, and a look is cheaper than to write them anew. */
const isOneLine = /^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/;

/** One line without control characters: each run of them, and of blanks, becomes one blank. */
export const asOneLine = (text: string): string =>
  isOneLine.test(text)
    ? text
    : // eslint-disable-next-line no-control-regex -- they are what is looked for
      text.replace(/[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
