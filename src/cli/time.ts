// Times as people write them on a command line.
import { OutboxError } from '../message/errors.ts';

const units = { m: 'minutes', h: 'hours', d: 'days' } as const;

const refuse = (detail: string, hint = 'Write 2026-12-01T08:00, 2026-12-01, 08:00 or +2h.'): OutboxError =>
  new OutboxError('OBX016', { detail, hint });

const offset = /(?:Z|[+-]\d\d(?::?\d\d)?)$/i;
const dateForm = /^\d{4}-\d\d-\d\d$/;
const timeForm = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;

/** Temporal knows the calendar: 2026-02-30 is refused, not moved to March. @throws RangeError */
function readInstant(written: string, now: Temporal.ZonedDateTime): Temporal.Instant | null {
  const after = /^\+(\d{1,6})([mhd])$/.exec(written);
  if (after) return now.add({ [units[after[2] as keyof typeof units]]: Number(after[1]) }).toInstant();
  if (/^\d{1,2}:\d\d$/.test(written)) {
    const time = Temporal.PlainTime.from(written.padStart(5, '0'));
    const today = now.toPlainDate().toZonedDateTime({ timeZone: now.timeZoneId, plainTime: time });
    const next = () =>
      now.toPlainDate().add({ days: 1 }).toZonedDateTime({ timeZone: now.timeZoneId, plainTime: time });
    return (Temporal.ZonedDateTime.compare(today, now) > 0 ? today : next()).toInstant();
  }
  if (dateForm.test(written)) {
    return Temporal.PlainDate.from(written, { overflow: 'reject' }).toZonedDateTime(now.timeZoneId).toInstant();
  }
  if (!timeForm.test(written)) return null;
  if (offset.test(written.slice(timeForm.exec(written)![0].length))) return Temporal.Instant.from(written);
  return Temporal.PlainDateTime.from(written, { overflow: 'reject' }).toZonedDateTime(now.timeZoneId).toInstant();
}

/**
 * "+30m", "+2h", "08:00" (the next one), a date (its midnight), or a date and time. Without an offset they are the company's.
 * @param now epoch ms
 * @param timeZone IANA name
 * @returns epoch ms
 * @throws OBX016 for what is no time, or is past
 */
export function readTime(written: string, now: number, timeZone: string): number {
  let found: Temporal.Instant | null;
  try {
    found = readInstant(written, Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refuse(`"${written}" is not in the calendar or on the clock.`);
  }
  if (found === null) throw refuse(`"${written}" is not a time.`);
  if (found.epochMilliseconds < now) {
    throw refuse(`"${written}" (${timeZone}) is past.`, 'Name a time to come, or leave --at out to send it now.');
  }
  return found.epochMilliseconds;
}
