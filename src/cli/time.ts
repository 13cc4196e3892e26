// Times as people write them on a command line.
import { OutboxError } from '../message/errors.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * "+30m", "+2h", "08:00" (the next one, by this machine's clock) or an ISO date and time.
 * @returns epoch ms
 * @throws OBX016
 */
export function readTime(written: string, now: number): number {
  const after = /^\+(\d+)([mhd])$/.exec(written);
  if (after) return now + Number(after[1]) * units[after[2] as keyof typeof units];
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(written);
  if (clock) {
    const day = new Date(now);
    day.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    return day.getTime() > now ? day.getTime() : day.getTime() + units.d;
  }
  const time = /^\d{4}-\d\d-\d\d/.test(written) ? Date.parse(written) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  const detail = `"${written}" is not a time.`;
  throw new OutboxError('OBX016', { detail, hint: 'Write 2026-12-01T08:00, 08:00 or +2h.' });
}
