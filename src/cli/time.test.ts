import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTime } from './time.ts';

/** 10:00 in Denver, 18:00 in Berlin. */
const now = Date.UTC(2026, 10, 24, 17);
const read = (written: string, timeZone = 'America/Denver'): string =>
  new Date(readTime(written, now, timeZone)).toISOString();

for (const [written, timeZone, instant] of [
  ['+30m', 'America/Denver', '2026-11-24T17:30:00.000Z'],
  ['+2h', 'America/Denver', '2026-11-24T19:00:00.000Z'],
  ['08:00', 'America/Denver', '2026-11-25T15:00:00.000Z'],
  ['10:30', 'America/Denver', '2026-11-24T17:30:00.000Z'],
  ['8:00', 'Europe/Berlin', '2026-11-25T07:00:00.000Z'],
  ['2026-12-01', 'America/Denver', '2026-12-01T07:00:00.000Z'],
  ['2026-12-01', 'Europe/Berlin', '2026-11-30T23:00:00.000Z'],
  ['2026-12-01T08:00', 'America/Denver', '2026-12-01T15:00:00.000Z'],
  ['2026-12-01 08:00', 'America/Denver', '2026-12-01T15:00:00.000Z'],
  ['2026-12-01T08:00Z', 'America/Denver', '2026-12-01T08:00:00.000Z'],
  ['2026-12-01T08:00:00+01:00', 'America/Denver', '2026-12-01T07:00:00.000Z'],
  // Summer time begins at 02:00: the clock says 03:30.
  ['2027-03-14T02:30', 'America/Denver', '2027-03-14T09:30:00.000Z'],
] as const) {
  test(`${written} in ${timeZone} is ${instant}`, () => assert.equal(read(written, timeZone), instant));
}

for (const [written, words] of [
  ['2026-02-30', /not in the calendar/],
  ['2027-02-29T08:00', /not in the calendar/],
  ['2026-13-01', /not in the calendar/],
  ['2026-12-01T25:00', /not in the calendar/],
  ['24:61', /not in the calendar or on the clock/],
  ['2026-11-24', /is past/],
  ['2026-11-24T09:59', /is past/],
  ['1999-12-31', /is past/],
  ['tomorrow', /is not a time/],
  ['', /is not a time/],
  ['12/01/2026', /is not a time/],
] as const) {
  test(`${JSON.stringify(written)} is refused`, () => assert.throws(() => read(written), words));
}
