// What was measured, and what is made of it: medians, ratios, words.

/** One run of one peer. */
export interface Measured {
  messages: number;
  ms: number;
  /** User and system, of all its processes. */
  cpuMs: number;
  /** 0 where it was not looked at. */
  peakMb: number;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Messages per second. */
export const rateOf = (runs: readonly Measured[]): number =>
  median(runs.map(({ messages, ms }) => (messages * 1_000) / ms));

/** Microseconds of CPU per message. */
export const cpuOf = (runs: readonly Measured[]): number =>
  median(runs.map(({ messages, cpuMs }) => (cpuMs * 1_000) / messages));

export const peakOf = (runs: readonly Measured[]): number => Math.max(...runs.map(({ peakMb }) => peakMb));

export const rounded = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

/** One line: rate, CPU and memory. */
export function inWords(runs: readonly Measured[]): string {
  const peak = peakOf(runs);
  const memory = peak === 0 ? '' : `, at most ${peak} MB`;
  return `${rounded(rateOf(runs))}/s, ${rounded(cpuOf(runs))} us CPU each${memory}`;
}

/**
 * One run of every peer in turn, round after round, so that what disturbs the machine disturbs them all.
 */
export async function interleave(
  rounds: number,
  peers: Record<string, (round: number) => Promise<Measured>>,
): Promise<Record<string, Measured[]>> {
  const runs: Record<string, Measured[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(peers)) {
      const measured = await run(round);
      (runs[name] ??= []).push(measured);
      console.error(`  round ${round + 1}, ${name}: ${(measured.ms / 1_000).toFixed(2)} s, ${inWords([measured])}`);
    }
  }
  return runs;
}
