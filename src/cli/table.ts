// Rows for a terminal: columns as wide as their widest cell, numbers to the right.

const widthOf = (text: string): number => [...text].length;

/** @returns lines without a line end at the last; the header is underlined */
export function writeTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, at) => Math.max(widthOf(name), ...rows.map((row) => widthOf(row[at] ?? ''))));
  const toRight = header.map((_, at) => rows.length > 0 && rows.every((row) => /^[\d.,]*$/.test(row[at] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, at) => {
        const gap = ' '.repeat(widths[at]! - widthOf(cell));
        return toRight[at] ? gap + cell : cell + gap;
      })
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n');
}

/** Cut to `most` characters, with an ellipsis. */
export const shorten = (text: string, most: number): string =>
  widthOf(text) <= most ? text : `${[...text].slice(0, most - 1).join('')}…`;
