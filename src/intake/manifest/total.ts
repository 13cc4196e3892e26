// The control total: the run says how many documents it has and what they amount to, and both must hold.
import { addAmounts, sameAmount } from './amount.ts';
import type { Manifest } from './manifest.ts';

/**
 * Why count or amount of `manifest` does not add up, as words without a full stop; null when they do, or when it has no total.
 * A refused row is counted as present, but its amount is not known: with one nothing adds up.
 */
export function checkTotal(manifest: Manifest): string | null {
  const { total, rows, refused } = manifest;
  if (!total) return null;
  const count = rows.length + refused.length;
  if (count !== total.count) return `the total says ${total.count} documents, but there are ${count}`;
  if (refused.length > 0) return `of ${count} documents ${refused.length} were refused (${rowsInWords(refused)})`;
  if (total.amount === null) return null;
  const sum = addAmounts(rows.map((row) => row.amount ?? '0'));
  return sameAmount(sum, total.amount) ? null : `the total says ${total.amount}, but the documents amount to ${sum}`;
}

function rowsInWords(refused: Manifest['refused']): string {
  const first = refused.slice(0, 10).map(({ row }) => row);
  return `row ${first.join(', ')}${refused.length > first.length ? ' and more' : ''}`;
}
