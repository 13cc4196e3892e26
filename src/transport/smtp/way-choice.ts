// Which way the messages of a transport go over its connections, one by one or several in flight: the one that was measured to
// be quicker. Pure: it counts messages and what they took, and has no clock.

/** `one`: DATA, the next begins with the dot of this one. `window`: BDAT, several in flight (RFC 3030). */
export type Way = 'one' | 'window';

/** A message that was accepted while its line never wanted for the next one. */
export interface Measured {
  way: Way;
  /** Since the answer before it on the same line. */
  ms: number;
  octets: number;
}

/** How wide a transport is. */
export interface Width {
  /** Messages in flight at most. */
  window: number;
  lines: number;
}

interface Sum {
  messages: number;
  octets: number;
  ms: number;
}

export interface Choice {
  /** Messages go this way now. */
  way: Way;
  /** The quicker one, as far as is known. */
  kept: Way;
  /** Messages until the next trial; 0: it is on. */
  rest: number;
  /** Messages between the last trial and the next. */
  pause: number;
  /** While both sides grow warm: what a message took in the stretch before, ms. Null when they are. */
  cold: number | null;
  /** What was measured of `way` in this stretch of the trial. */
  stretch: Sum;
  /** The stretch before, which this one is compared with; null while that one is measured. */
  before: Sum | null;
  /** How many times as quick the window was, in each pair of stretches. */
  ratios: readonly number[];
}

/** The window must be better by so much: it leaves more messages in doubt when a line drops. */
const better = 1.03;
/** Beyond these nobody needs to look again and again. */
const muchBetter = 1.5;
const muchWorse = 0.75;
const mostPairs = 3;
/** A first stretch that is so much quicker than the one before says that programs and lines are growing warm. */
const warmer = 0.9;
/** Trials become rarer, up to so many times, while they always find the same. */
const longestPause = 8;

const none: Sum = { messages: 0, octets: 0, ms: 0 };
const otherOf = (way: Way): Way => (way === 'one' ? 'window' : 'one');

/** Messages of a stretch: enough to forget a hiccup, and whole rounds of the window on every line. */
const lengthOf = (way: Way, { window, lines }: Width): number =>
  way === 'one' ? Math.max(8, 4 * lines) : window * Math.max(4, 2 * lines);

/** A trial costs what the slower way takes longer: beside so many messages that is little. */
const shortestPause = ({ window, lines }: Width): number => 400 * window * lines;

/** As it begins: one by one, and on trial at once. */
export const firstChoice = (width: Width): Choice => ({
  way: 'one',
  kept: 'one',
  rest: 0,
  pause: shortestPause(width),
  cold: Infinity,
  stretch: none,
  before: null,
  ratios: [],
});

/** In messages and in octets: a run of small messages must not make either look good. */
function ratioOf(one: Sum, window: Sum): number {
  const times = (by: 'messages' | 'octets'): number => (window[by] * one.ms) / (window.ms * one[by]);
  return Math.min(times('messages'), times('octets'));
}

const medianOf = (ratios: readonly number[]): number =>
  ratios.toSorted((a, b) => a - b)[Math.floor(ratios.length / 2)]!;

/** One clear pair is enough to stay, two are to change. @returns null while it is not known */
function decide(kept: Way, ratios: readonly number[]): Way | null {
  const saysWindow = ratios.every((ratio) => ratio >= muchBetter);
  const saysOne = ratios.every((ratio) => ratio <= muchWorse);
  if (saysWindow && (kept === 'window' || ratios.length > 1)) return 'window';
  if (saysOne && (kept === 'one' || ratios.length > 1)) return 'one';
  if (ratios.length < mostPairs) return null;
  return medianOf(ratios) >= better ? 'window' : 'one';
}

function endTrial(choice: Choice, kept: Way, width: Width): Choice {
  const shortest = shortestPause(width);
  const pause = kept === choice.kept ? Math.min(choice.pause * 2, shortest * longestPause) : shortest;
  return { way: kept, kept, pause, rest: pause, cold: null, stretch: none, before: null, ratios: [] };
}

/** Each pair begins with the way that the one before ended with: what grows quicker or slower all the time favours neither. */
function endStretch(choice: Choice, stretch: Sum, width: Width): Choice {
  const { kept, way, before, cold } = choice;
  const each = stretch.ms / stretch.messages;
  if (cold !== null && each < cold * warmer) return { ...choice, cold: each, stretch: none };
  if (before === null) return { ...choice, cold: null, before: stretch, stretch: none, way: otherOf(way) };
  const ratio = way === 'window' ? ratioOf(before, stretch) : ratioOf(stretch, before);
  const ratios = [...choice.ratios, ratio];
  const decided = decide(kept, ratios);
  if (decided) return endTrial(choice, decided, width);
  return { ...choice, ratios, before: null, stretch: none };
}

/** The choice after one more message. What another way took, as lines change over, says nothing. */
export function choose(choice: Choice, { way, ms, octets }: Measured, width: Width): Choice {
  if (way !== choice.way) return choice;
  if (choice.rest > 0) return { ...choice, rest: choice.rest - 1 };
  const { stretch: so } = choice;
  const stretch = { messages: so.messages + 1, octets: so.octets + octets, ms: so.ms + ms };
  return stretch.messages < lengthOf(way, width) ? { ...choice, stretch } : endStretch(choice, stretch, width);
}
