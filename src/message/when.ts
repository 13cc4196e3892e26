// A moment as a person says it: "at 14:00", "tomorrow at 09:12", "on 2026-12-01 at 09:12". Pure.

const dayMs = 86_400_000;

interface Local {
  /** 2026-12-01 */
  day: string;
  /** 09:12 */
  time: string;
}

function localOf(at: number, timeZone: string): Local {
  const form = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const part = Object.fromEntries(form.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: `${part['year']}-${part['month']}-${part['day']}`, time: `${part['hour']}:${part['minute']}` };
}

/** Counted on the calendar: a day on which the clocks change has 23 or 25 hours. */
const dayAfter = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);

/**
 * @param at epoch ms
 * @param timeZone IANA name
 */
export function whenText(at: number, now: number, timeZone: string): string {
  const then = localOf(at, timeZone);
  const today = localOf(now, timeZone).day;
  if (then.day === today) return `at ${then.time}`;
  if (then.day === dayAfter(today)) return `tomorrow at ${then.time}`;
  return `on ${then.day} at ${then.time}`;
}
