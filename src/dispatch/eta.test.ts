// When it will be done.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { whenText } from '../message/when.ts';
import { type EtaAsked, etaOf } from './eta.ts';
import { allow } from './limits.ts';

const minute = 60_000;
const hour = 60 * minute;
const now = Date.UTC(2026, 10, 24, 9);
const hourNow = now / hour;
const full = { rate: null, lines: null, slowedAt: null, slowedText: null };
const asked: EtaAsked = {
  limits: { connections: 2, perMinute: 25, perDay: null },
  pace: full,
  waiting: 100,
  lastDueAt: now,
  notBefore: now,
  usedByHour: new Map(),
  measuredPerMinute: null,
  now,
};

suite('the time at which it is done', () => {
  test('by the rate, and not before the breaker lets it', () => {
    assert.equal(etaOf(asked).doneAt, now + 4 * minute);
    assert.equal(etaOf({ ...asked, notBefore: now + hour }).doneAt, now + hour + 4 * minute);
    assert.equal(etaOf({ ...asked, notBefore: null }).doneAt, null);
  });

  test('not before the last one is due', () => {
    assert.equal(etaOf({ ...asked, lastDueAt: now + 3 * hour }).doneAt, now + 3 * hour);
  });

  test('without a rate by the speed that was seen; without any it is not known', () => {
    const limits = { ...asked.limits, perMinute: null };
    assert.equal(etaOf({ ...asked, limits, measuredPerMinute: 50 }).doneAt, now + 2 * minute);
    assert.equal(etaOf({ ...asked, limits }).doneAt, null);
  });

  test('a slower pace counts, and so does its recovery', () => {
    const slow = { ...full, rate: 10, slowedAt: now };
    // Five minutes at 10, then 2.5 more for every five.
    const { doneAt } = etaOf({ ...asked, pace: slow, waiting: 100 });
    assert.equal(doneAt, now + 5 * minute + (50 / 12.5) * minute);
  });

  test('a used-up allowance says when it goes on: when the hour in which it was used leaves the day', () => {
    const limits = { connections: 2, perMinute: 100, perDay: 9_000 };
    const usedByHour = new Map([
      [hourNow - 20, 4_000],
      [hourNow - 19, 5_000],
    ]);
    const eta = etaOf({ ...asked, limits, usedByHour, waiting: 5_000 });
    assert.deepEqual([eta.used, eta.goesOnAt], [9_000, now + 5 * hour]);
    // 4,000 in the hour in which the first have left, the rest an hour later.
    assert.equal(eta.doneAt, now + 6 * hour + 10 * minute);
  });

  test('agrees with the limiter, whatever was used when', () => {
    const used = fc.array(fc.tuple(fc.integer({ min: 0, max: 26 }), fc.integer({ min: 0, max: 30 })), { maxLength: 8 });
    fc.assert(
      fc.property(used, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 120 }), (hours, perDay, waiting) => {
        const usedByHour = new Map<number, number>();
        for (const [ago, count] of hours) usedByHour.set(hourNow - ago, count);
        const limits = { connections: 1, perMinute: 1, perDay };
        const { doneAt } = etaOf({ ...asked, limits, usedByHour, waiting });
        const buckets = new Map(usedByHour);
        let [at, tat, left] = [now, 0, waiting];
        while (left > 0) {
          let usedToday = 0;
          for (let one = Math.floor(at / hour) - 24; one <= Math.floor(at / hour); one++)
            usedToday += buckets.get(one) ?? 0;
          const { count, nextAt, tat: next } = allow({ perMinute: 1, perDay, wanted: 1, now: at, tat, usedToday });
          tat = next ?? tat;
          left -= count;
          buckets.set(Math.floor(at / hour), (buckets.get(Math.floor(at / hour)) ?? 0) + count);
          at = count > 0 && left === 0 ? at : (nextAt ?? at);
        }
        assert.ok(Math.abs(doneAt! - at) <= 2 * minute, `${doneAt! - at} ms apart`);
      }),
      { numRuns: 50 },
    );
  });
});

suite('a moment in words', () => {
  const zone = 'America/Denver';
  for (const [at, from, words] of [
    ['2026-11-24T21:00Z', '2026-11-24T16:00Z', 'at 14:00'],
    // Midnight in Denver is 07:00 in Greenwich.
    ['2026-11-25T06:59Z', '2026-11-25T05:00Z', 'at 23:59'],
    ['2026-11-25T07:00Z', '2026-11-25T06:59Z', 'tomorrow at 00:00'],
    ['2026-11-26T16:12Z', '2026-11-25T07:00Z', 'tomorrow at 09:12'],
    ['2026-11-27T16:12Z', '2026-11-25T06:59Z', 'on 2026-11-27 at 09:12'],
    // The day on which the clocks go back has 25 hours, the one on which they go ahead 23.
    ['2026-11-02T06:59Z', '2026-11-01T06:00Z', 'at 23:59'],
    ['2026-11-02T07:00Z', '2026-11-01T06:00Z', 'tomorrow at 00:00'],
    ['2026-03-09T05:59Z', '2026-03-08T07:00Z', 'at 23:59'],
    ['2026-03-09T06:00Z', '2026-03-08T07:00Z', 'tomorrow at 00:00'],
    ['2027-01-01T17:00Z', '2026-12-31T17:00Z', 'tomorrow at 10:00'],
    ['2026-11-23T17:00Z', '2026-11-24T17:00Z', 'on 2026-11-23 at 10:00'],
  ] as const) {
    test(`${at} seen from ${from} is ${words}`, () => {
      assert.equal(whenText(Date.parse(at), Date.parse(from), zone), words);
    });
  }
});
