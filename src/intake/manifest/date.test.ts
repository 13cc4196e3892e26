// Tests of reading dates.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDate } from './date.ts';

test('ISO, compact, American and German dates mean the same day', () => {
  const same = [
    '2026-03-04',
    '2026-3-4',
    '20260304',
    '3/4/2026',
    '03/04/26',
    '4.3.2026',
    '04.03.26',
    ' 2026-03-04T00:00:00Z ',
  ];
  for (const text of same) assert.equal(readDate(text), '2026-03-04', text);
});

test('what is not in the calendar, or not one of these forms, is no date', () => {
  for (const text of ['', '2026-02-29', '24/11/2026', '13.13.2026', '2026-11', 'Nov 24, 2026', '0', '2026-11-24x']) {
    assert.equal(readDate(text), null, text);
  }
});

test('every day of the century reads the same in all forms', () => {
  const days = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31T23:00:00Z'), noInvalidDate: true });
  fc.assert(
    fc.property(days, (date) => {
      const iso = date.toISOString().slice(0, 10);
      const [year, month, day] = iso.split('-');
      for (const text of [
        iso,
        `${year}${month}${day}`,
        `${month}/${day}/${year}`,
        `${day}.${month}.${year?.slice(2)}`,
      ]) {
        assert.equal(readDate(text), iso);
      }
    }),
  );
});
