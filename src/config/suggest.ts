// "Did you mean": the known word nearest to a mistyped one.

/** Letters to change, add, leave out or swap with their neighbour to come from one word to the other. */
export function distance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (swapped) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[to.length] ?? 0;
}

/** Longer words are no mistyped words, and comparing them takes time. */
const longest = 64;

/** The nearest known word, or null where none is near. Upper and lower case make no difference. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > longest) return null;
  const allowed = Math.max(1, Math.floor(word.length / 3));
  let best: { word: string; distance: number } | null = null;
  for (const candidate of known) {
    const far = distance(word.toLowerCase(), candidate.toLowerCase());
    if (far <= allowed && (best === null || far < best.distance)) best = { word: candidate, distance: far };
  }
  return best?.word ?? null;
}

/** The hint for a word that is not known. */
export function suggest(word: string, known: readonly string[]): string {
  const near = nearest(word, known);
  if (near !== null) return `did you mean ${near}?`;
  return known.length === 0 ? '' : `possible: ${known.join(', ')}`;
}
