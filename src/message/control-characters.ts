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

/** One line without control characters: each run of them, and of blanks, becomes one blank. */
export const asOneLine = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  text.replace(/[\u0000-\u0020\u007f-\u009f\u2028\u2029]+/g, ' ').trim();
