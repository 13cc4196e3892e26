// The recipients that the words of a report name, and what is said about each.
import { addressPattern, isOffice, isSame } from './address.ts';
import { limits } from './mime/limits.ts';
import { headLines, namedAfter, type RecipientForm, sessionLines, wentOnFrom } from './rules/recipients.ts';

export interface Named {
  address: string;
  /** What is said about this recipient. */
  words: string;
  /** What stands before it: a session tells the refusal first and then whom it was for. */
  before: string;
}

const compile = (pattern: string): RegExp =>
  new RegExp(
    pattern.replace('@', () => `(${addressPattern})`),
    'gimu',
  );
const compileAll = (forms: readonly RecipientForm[]): RegExp[] => forms.map(({ pattern }) => compile(pattern));

const heads = compileAll(headLines);
const named = compileAll(namedAfter);
const sessions = compileAll(sessionLines);
const from = compile(wentOnFrom);

interface Place {
  address: string;
  at: number;
  end: number;
}

const placesOf = (patterns: readonly RegExp[], text: string): Place[] =>
  patterns
    .flatMap((pattern) =>
      [...text.matchAll(pattern)].map((found) => ({
        address: found[1]!,
        at: found.index,
        end: found.index + found[0].length,
      })),
    )
    .toSorted((a, b) => a.at - b.at)
    .slice(0, limits.recipients);

/** @returns for each place, where the next one begins that names somebody else */
function endsOf(places: readonly Place[], text: string): number[] {
  const ends: number[] = [];
  for (let index = places.length - 1; index >= 0; index--) {
    const next = places[index + 1];
    const isOther = next === undefined || !isSame(next.address, places[index]!.address);
    ends[index] = isOther ? (next?.at ?? text.length) : ends[index + 1]!;
  }
  return ends;
}

/** What stands between this place and the next one that names somebody else. */
function gather(places: readonly Place[], text: string): Named[] {
  const found = new Map<string, Named>();
  const ends = endsOf(places, text);
  for (const [index, { address, at }] of places.entries()) {
    const words = text.slice(at, Math.min(ends[index]!, at + limits.said));
    const known = found.get(address.toLowerCase());
    if (known && known.words.length < limits.said) known.words += `\n${words}`;
    if (known) continue;
    const before = text.slice(places[index - 1]?.end ?? 0, at);
    found.set(address.toLowerCase(), { address, words, before });
  }
  return [...found.values()];
}

const command = /^[ \t]*>>>[^\n]*/gm;
const refusal = /^[ \t]*<<<[^\n]*/gm;

/** The last refusals before the line are for this recipient; without any the line says it itself. */
function inSession(places: readonly Place[], text: string): Named[] {
  return places.map(({ address, at }, index) => {
    const before = text.slice(places[index - 1]?.end ?? 0, at);
    const line = text.slice(at, at + 1000).split('\n', 1)[0]!;
    const asked = before.match(command)?.at(-1) ?? '';
    return { address, words: [asked, ...(before.match(refusal) ?? []), line].join('\n'), before };
  });
}

/** A forwarded message was for the address that it came to, and that is the one we know. */
function atOrigin(one: Named): Named {
  from.lastIndex = 0;
  const origin = from.exec(one.words)?.[1];
  return origin === undefined ? one : { ...one, address: origin };
}

/** @param text words of a report. @param own addresses that the report came to: they count, as those of postmasters do, only where there is no other */
export function namedIn(text: string, own: readonly string[]): Named[] {
  const isOwn = ({ address }: Place) => isOffice(address) || own.some((one) => isSame(one, address));
  const session = placesOf(sessions, text);
  for (const patterns of [heads, named]) {
    if (patterns === named && session.length > 0) return inSession(session, text);
    const all = placesOf(patterns, text);
    const others = all.filter((place) => !isOwn(place));
    const places = others.length > 0 ? others : all;
    if (places.length > 0) return gather(places, text).map(atOrigin);
  }
  return [];
}
