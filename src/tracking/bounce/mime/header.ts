// A block of header fields, as broken as it may be.
import { limits } from './limits.ts';

/** Field names in lower case; values unfolded, one character per byte, in their order. */
export type Header = ReadonlyMap<string, readonly string[]>;

const field = /^([!-9;-~]{1,100})[ \t]*:[ \t]*(.*)$/;

const isFolded = (line: string): boolean => line.startsWith(' ') || line.startsWith('\t');

/** Some systems break a line of parameters and forget the blank before the rest. */
const isForgottenFold = (line: string, before: string): boolean => before.trimEnd().endsWith(';') && /^\w+=/.test(line);

/** Lines that belong to no field are skipped, as is the first line of an mbox. @param block up to the blank line */
export function readHeader(block: string): Header {
  const fields = new Map<string, string[]>();
  let name: string | null = null;
  let value: string[] = [];
  const keep = () => {
    if (name === null) return;
    const values = fields.get(name);
    if (values) values.push(value.join(' ').trim());
    else fields.set(name, [value.join(' ').trim()]);
  };
  for (const line of block.slice(0, limits.header).split('\n')) {
    if (name !== null && (isFolded(line) || isForgottenFold(line, value.at(-1)!))) {
      value.push(line.trim());
      continue;
    }
    const found = field.exec(line);
    if (!found) continue;
    keep();
    name = found[1]!.toLowerCase();
    value = [found[2]!];
  }
  keep();
  return fields;
}

/** The first field of that name. */
export const fieldOf = (header: Header, name: string): string | undefined => header.get(name)?.[0];

/** Header and body are parted by the first blank line; blank lines before the header do not count. */
export function splitHeader(entity: string): { block: string; body: string } {
  const start = /^\s*\n/.exec(entity)?.[0].length ?? 0;
  const end = /\n[ \t]*\n/.exec(entity.slice(start));
  if (!end) return { block: entity.slice(start), body: '' };
  return { block: entity.slice(start, start + end.index), body: entity.slice(start + end.index + end[0].length) };
}
