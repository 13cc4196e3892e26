// One line of what came out, beside its goal; and all lines as a Markdown table.
import { cpuOf, type Measured, rateOf, rounded } from './figures.ts';

export interface Result {
  what: string;
  /** What Outbox does, in words with units. */
  outbox: string;
  /** What the other does; empty where there is none. */
  peer: string;
  /** The figure that the goal is about. */
  value: number;
  unit: string;
  goal: number;
  /** What must hold on a busy machine too. */
  floor: number;
  /** Whether the goal is a least or a most. */
  wanted: 'at least' | 'at most';
}

interface Comparison {
  what: string;
  outbox: readonly Measured[];
  peer: string;
  against: readonly Measured[];
  goal: number;
  floor?: number;
}

const base = ({ what, goal, floor = goal }: Comparison) => ({
  what,
  goal,
  floor,
  unit: 'x',
  wanted: 'at least' as const,
});

/** How many times as fast. */
export const compareRates = (given: Comparison): Result => {
  const [ours, theirs] = [rateOf(given.outbox), rateOf(given.against)];
  const words = { outbox: `${rounded(ours)}/s`, peer: `${given.peer} ${rounded(theirs)}/s` };
  return { ...base(given), ...words, value: ours / theirs };
};

/** How many times less CPU per message. */
export const compareCpu = (given: Comparison): Result => {
  const [ours, theirs] = [cpuOf(given.outbox), cpuOf(given.against)];
  const words = { outbox: `${rounded(ours)} us`, peer: `${given.peer} ${rounded(theirs)} us` };
  return { ...base(given), what: `${given.what}, CPU per message`, ...words, value: theirs / ours };
};

type Verdict = 'yes' | 'floor only' | 'no';

function verdictOf({ value, goal, floor, wanted }: Result): Verdict {
  const holds = (limit: number): boolean => (wanted === 'at least' ? value >= limit : value <= limit);
  if (holds(goal)) return 'yes';
  return holds(floor) ? 'floor only' : 'no';
}

function row(command: string, result: Result): string {
  const { what, outbox, peer, value, unit, goal, floor, wanted } = result;
  const limits = floor === goal ? `${goal}` : `${goal} [${floor}]`;
  const cells = [`\`${command}\``, what, outbox, peer, `${rounded(value)} ${unit}`];
  return `| ${[...cells, `${wanted} ${limits}`, verdictOf(result)].join(' | ')} |`;
}

/** @param results by the name of the bench */
export function table(results: ReadonlyMap<string, readonly Result[]>): string {
  const head = '| command | what | Outbox | beside it | measured | goal [floor] | met |\n|---|---|---|---|---|---|---|';
  const rows = [...results].flatMap(([name, some]) => some.map((result) => row(`npm run bench -- ${name}`, result)));
  return [head, ...rows].join('\n');
}
