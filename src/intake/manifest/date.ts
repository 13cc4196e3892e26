// Dates as business systems print them, to ISO. What can not be told apart is refused, never guessed.

const forms: { pattern: RegExp; order: readonly ['year' | 'month' | 'day', 'month' | 'day', 'day' | 'year'] }[] = [
  { pattern: /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/, order: ['year', 'month', 'day'] },
  { pattern: /^(\d{4})(\d\d)(\d\d)$/, order: ['year', 'month', 'day'] },
  { pattern: /^(\d{1,2})\/(\d{1,2})\/(\d{4}|\d\d)$/, order: ['month', 'day', 'year'] },
  { pattern: /^(\d{1,2})\.(\d{1,2})\.(\d{4}|\d\d)$/, order: ['day', 'month', 'year'] },
];

export const expectedDate = 'Write 2026-11-24, 20261124, 11/24/2026 (month first) or 24.11.2026 (day first).';

/** `text` as an ISO date (yyyy-mm-dd), or null when it is none of the known forms or not in the calendar. Two-digit years are 20yy. */
export function readDate(text: string): string | null {
  for (const { pattern, order } of forms) {
    const found = pattern.exec(text.trim());
    if (!found) continue;
    const part = (name: 'year' | 'month' | 'day'): string => found[order.indexOf(name) + 1] ?? '';
    const year = part('year').padStart(4, '20');
    return inCalendar(Number(year), Number(part('month')), Number(part('day')));
  }
  return null;
}

function inCalendar(year: number, month: number, day: number): string | null {
  const date = new Date(Date.UTC(year, month - 1, day));
  const same = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return same ? date.toISOString().slice(0, 10) : null;
}
