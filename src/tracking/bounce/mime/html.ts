// The words of an HTML part: enough to search them, not to show them.

const named: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
  ['nbsp', ' '],
  ['auml', 'ä'],
  ['ouml', 'ö'],
  ['uuml', 'ü'],
  ['szlig', 'ß'],
  ['eacute', 'é'],
]);

const character = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : ' ');

const entity = (whole: string, name: string): string => {
  if (name.startsWith('#x') || name.startsWith('#X')) return character(Number.parseInt(name.slice(2), 16));
  if (name.startsWith('#')) return character(Number(name.slice(1)));
  return named.get(name.toLowerCase()) ?? whole;
};

/** Tags that end a line. */
const breaks = /<(?:br|\/?p|\/?div|\/?tr|\/?li|\/?h\d|\/?table|\/?pre|hr)\b[^<>]*>/gi;
/** An address in angle brackets is no tag, and not every system escapes it. */
const tag = /<(?![^<>\s@]+@[^<>\s]+>)[/!?a-z][^<>]*>/gi;

/** Without what stands between such tags. By hand: a pattern for it takes the square of the time when none is closed. */
function withoutElement(html: string, name: string): string {
  const lower = html.toLowerCase();
  let text = '';
  let from = 0;
  for (let at = lower.indexOf(`<${name}`); at >= 0; at = lower.indexOf(`<${name}`, from)) {
    const end = lower.indexOf(`</${name}`, at);
    if (end < 0) break;
    text += html.slice(from, at);
    const close = html.indexOf('>', end);
    from = close < 0 ? html.length : close + 1;
  }
  return text + html.slice(from);
}

/** Never throws. */
export function htmlToText(html: string): string {
  return ['style', 'script', 'title']
    .reduce(withoutElement, html)
    .replace(breaks, '\n')
    .replace(tag, '')
    .replace(/&(#x?[0-9a-f]{1,6}|[a-z]{2,8});/gi, entity)
    .replace(/[ \t\u00a0]+/g, ' ')
    .replace(/\n[ \n]*\n/g, '\n\n');
}
