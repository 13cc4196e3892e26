// What the dispatcher decides, without a clock or a line: breaker, limits, next try, verdict.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { sampleMessage } from '../../test/support/samples.ts';
import type { Outcome } from '../message/transport.ts';
import { closedBreaker } from '../store/transports.ts';
import { closed, current, room, tripped } from './breaker.ts';
import { allow, intervalOf } from './limits.ts';
import { cleanMs, isSlower, type Pace, paceOf, quickened, slowed } from './pace.ts';
import { planNextTry } from './retry-plan.ts';
import { steadyClock } from './steady-clock.ts';
import { judge } from './verdict.ts';

const minute = 60_000;
const now = Date.UTC(2026, 10, 24, 9);

suite('the breaker', () => {
  const fresh = closedBreaker('office');
  const fault = (kind: 'connect' | 'auth' | 'configuration' | 'throttle' | 'quota', retryAfterMs?: number) => ({
    fault: kind,
    reason: 'network',
    text: 'no',
    retryAfterMs,
  });

  test('opens at a fault of the transport, tries one message after a pause, and closes when it went through', () => {
    const open = tripped(fresh, fault('connect'), now);
    assert.equal(room(open, 5), 0);
    assert.equal(room(current(open, now + minute - 1), 5), 0);
    const half = current(open, now + minute);
    assert.equal(room(half, 5), 1);
    assert.equal(room(closed(half), 5), 5);
  });

  test('waits longer every time, and as long as the other side asks', () => {
    let breaker = fresh;
    const pauses = Array.from({ length: 6 }, () => {
      breaker = current(tripped(breaker, fault('connect'), now), Number.MAX_SAFE_INTEGER);
      return tripped({ ...fresh, failures: breaker.failures - 1 }, fault('connect'), now).retryAt! - now;
    });
    assert.deepEqual(
      pauses,
      [1, 2, 5, 15, 30, 30].map((minutes) => minutes * minute),
    );
    assert.equal(tripped(fresh, fault('connect', 600_000), now).retryAt, now + 600_000);
  });

  test('a pause that the other side asks for is kept up to an hour, for an allowance of the day up to a day', () => {
    const asked = 9_999 * 60 * minute;
    const pauseOf = (kind: 'throttle' | 'quota'): number => tripped(fresh, fault(kind, asked), now).retryAt! - now;
    assert.deepEqual([pauseOf('throttle'), pauseOf('quota')], [60 * minute, 24 * 60 * minute]);
  });

  test('a wrong password is not tried again by itself: that only locks the account', () => {
    for (const kind of ['auth', 'configuration'] as const) {
      const open = tripped(fresh, fault(kind), now);
      assert.equal(room(current(open, now + 365 * 24 * 60 * minute), 5), 0);
    }
  });

  test('a used-up allowance waits as long as the other side says, else for the next full hour, never a minute', () => {
    const at = now + 7 * minute;
    assert.equal(tripped(fresh, fault('quota'), at).retryAt, now + 60 * minute);
    assert.equal(tripped({ ...fresh, failures: 4 }, fault('quota'), at).retryAt, now + 60 * minute);
    assert.equal(tripped(fresh, fault('quota', 600_000), at).retryAt, at + 600_000);
  });

  test('a clock that went back a day does not keep it open for a day; one that was corrected a little changes nothing', () => {
    const open = tripped(fresh, fault('connect'), now);
    assert.equal(room(current(open, now - 24 * 60 * minute), 5), 1);
    assert.equal(room(current(open, now - 5_000), 5), 0);
    assert.equal(room(current(tripped(fresh, fault('auth'), now), now - 24 * 60 * minute), 5), 0);
  });

  test('faults of the other connections do not count again', () => {
    const open = tripped(fresh, fault('connect'), now);
    assert.equal(tripped(open, fault('connect'), now + 1), open);
  });
});

suite('limits', () => {
  test('a rate is spaced evenly and never exceeded, whatever is asked when', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { minLength: 5, maxLength: 200 }),
        (perMinute, waits) => {
          let at = now;
          let tat = 0;
          const sent: number[] = [];
          for (const wait of waits) {
            at += wait;
            const allowance = allow({ perMinute, perDay: null, wanted: 10, now: at, tat, usedToday: 0 });
            if (allowance.count > 0) sent.push(at);
            tat = allowance.tat ?? tat;
          }
          const gaps = sent.slice(1).map((time, index) => time - sent[index]!);
          for (const gap of gaps) assert.ok(gap >= Math.floor(minute / perMinute));
        },
      ),
    );
  });

  test('the allowance of the day is held exactly, and says when it goes on', () => {
    const asked = { perMinute: null, perDay: 100, wanted: 30, now, tat: 0 };
    assert.equal(allow({ ...asked, usedToday: 90 }).count, 10);
    const over = allow({ ...asked, usedToday: 100 });
    assert.deepEqual([over.count, over.nextAt! > now], [0, true]);
  });

  test('a clock that jumped back does not hold messages for longer than one interval', () => {
    const allowance = allow({ perMinute: 60, perDay: null, wanted: 1, now, tat: now + 86_400_000, usedToday: 0 });
    assert.equal(allowance.nextAt, now + intervalOf(60));
  });
});

suite('the pace', () => {
  const full: Pace = { rate: null, lines: null, slowedAt: null, slowedText: null };
  const reply = (code: number, text: string) => ({ text, reply: { code, enhanced: null, text } });
  const tooFast = reply(450, 'Slow down');
  const limitsOf = (perMinute: number | null) => ({ connections: 4, perMinute });

  test('a throttle halves the rate, and the connections where no rate is set', () => {
    const once = slowed(full, limitsOf(24), tooFast, now);
    assert.deepEqual(paceOf(once, limitsOf(24)), { perMinute: 12, connections: 4 });
    assert.deepEqual(paceOf(slowed(once, limitsOf(24), tooFast, now), limitsOf(24)), { perMinute: 6, connections: 4 });
    assert.deepEqual(paceOf(slowed(full, limitsOf(null), tooFast, now), limitsOf(null)), {
      perMinute: null,
      connections: 2,
    });
  });

  test('too many connections are one less, and leave the rate', () => {
    for (const said of [
      reply(432, 'Concurrent connections limit exceeded'),
      reply(421, '4.7.0 mail.example Error: too many connections from 203.0.113.7'),
    ])
      assert.deepEqual(paceOf(slowed(full, limitsOf(24), said, now), limitsOf(24)), { perMinute: 24, connections: 3 });
  });

  test('five clean minutes give back a tenth of the limit; less give nothing, however often it is looked at', () => {
    const slow = slowed(full, limitsOf(20), tooFast, now);
    let pace = slow;
    for (let at = now; at < now + cleanMs; at += 1_000) pace = quickened(pace, limitsOf(20), at);
    assert.equal(pace, slow);
    assert.equal(quickened(pace, limitsOf(20), now + cleanMs).rate, 12);
    assert.deepEqual(quickened(pace, limitsOf(20), now + 5 * cleanMs), full);
  });

  test('it stays between one and the limit, ends at the limit, and a clock that jumps moves it no further', () => {
    const happening = fc.record({
      wait: fc.integer({ min: -86_400_000, max: 86_400_000 }),
      throttle: fc.boolean(),
      many: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.option(fc.integer({ min: 1, max: 600 }), { nil: null }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(happening, { maxLength: 60 }),
        (perMinute, connections, happenings) => {
          const limits = { perMinute, connections };
          let at = now;
          let pace = full;
          for (const { wait, throttle, many } of happenings) {
            at += wait;
            const before = pace;
            pace = quickened(pace, limits, at);
            assert.ok(!isSlower(pace, before, limits));
            if (throttle) pace = slowed(pace, limits, many ? reply(432, '') : tooFast, at);
            const { perMinute: rate, connections: lines } = paceOf(pace, limits);
            assert.ok(lines >= 1 && lines <= connections && Number.isInteger(lines));
            assert.ok(perMinute === null ? rate === null : rate! >= 1 && rate! <= perMinute);
            assert.ok(pace.slowedAt === null || pace.slowedAt <= at || pace === before);
          }
          pace = quickened(pace, limits, at);
          assert.deepEqual(quickened(pace, limits, at + 24 * cleanMs), full);
        },
      ),
    );
  });
});

suite('the clock', () => {
  test('never goes back, whatever the clock of the machine does, and follows it ahead', () => {
    const step = fc.record({
      pass: fc.integer({ min: 0, max: 100_000 }),
      set: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let [wall, monotonic] = [now, 5];
        const clock = steadyClock(
          () => wall,
          () => monotonic,
        );
        let before = clock();
        for (const { pass, set } of steps) {
          monotonic += pass;
          wall += pass + set;
          const at = clock();
          assert.ok(at >= before + pass && at >= wall);
          before = at;
        }
      }),
    );
  });

  test('after a step back by an hour time goes on, so that what was due stays due and what comes due does', () => {
    let [wall, monotonic] = [now, 0];
    const clock = steadyClock(
      () => wall,
      () => monotonic,
    );
    wall -= 60 * minute;
    assert.equal(clock(), now);
    monotonic += 5 * minute;
    assert.equal(clock(), now + 5 * minute);
  });
});

suite('the next try', () => {
  test('age alone ends nothing: a clock that stepped ahead by days leaves at least three tries', () => {
    const late = {
      channel: 'email',
      queuedAt: now,
      now: now + 30 * 86_400_000,
      random: 0,
      retryAfterMs: undefined,
    } as const;
    assert.deepEqual(
      [1, 2, 3].map((tries) => planNextTry({ ...late, tries }).again),
      [true, true, false],
    );
  });

  test('every plan ends, waits grow, and what the other side asks for is kept', () => {
    for (const channel of ['email', 'fax'] as const) {
      let at = now;
      let before = 0;
      for (let tries = 1; ; tries++) {
        const next = planNextTry({ channel, tries, queuedAt: now, now: at, random: 0.5, retryAfterMs: undefined });
        if (!next.again) break;
        assert.ok(next.dueAt - at >= before && tries < 20);
        before = next.dueAt - at;
        at = next.dueAt;
      }
    }
    const asked = planNextTry({ channel: 'email', tries: 1, queuedAt: now, now, random: 0, retryAfterMs: 3_600_000 });
    assert.ok(asked.again && asked.dueAt === now + 3_600_000);
  });

  test('a pause that no message lives to see does not end it', () => {
    const retryAfterMs = 9_999 * 60 * minute;
    const email = planNextTry({ channel: 'email', tries: 1, queuedAt: now, now, random: 0.5, retryAfterMs });
    assert.ok(email.again && email.dueAt === now + 24 * 60 * minute);
    const late = now + 30 * 60 * minute;
    const old = planNextTry({ channel: 'email', tries: 1, queuedAt: now, now: late, random: 0.5, retryAfterMs });
    assert.ok(old.again && old.dueAt === late + 5 * minute);
  });
});

suite('the verdict', () => {
  const message = sampleMessage({ tries: 2, queuedAt: now });
  const base = { reply: null, transcript: '' };
  const refused = (change: object): Outcome => ({
    ...base,
    result: 'refused',
    blame: 'message',
    fault: 'temporary',
    permanent: false,
    reason: 'other',
    text: 'no',
    ...change,
  });

  test('the fault of a transport uses up no try and stops the transport', () => {
    const verdict = judge(message, refused({ blame: 'transport', fault: 'connect' }), now, 0);
    assert.deepEqual([verdict.trigger, verdict.tries, verdict.fault?.fault], ['put-back', 2, 'connect']);
  });

  test('the fault of a message uses up a try and stops nothing', () => {
    const verdict = judge(message, refused({}), now, 0);
    assert.deepEqual([verdict.trigger, verdict.tries, verdict.fault], ['put-back', 3, null]);
    assert.equal(judge(message, refused({ permanent: true }), now, 0).trigger, 'refuse');
  });

  test('uncertain is neither released, nor failed, nor put back', () => {
    assert.equal(judge(message, { ...base, result: 'uncertain', text: '' }, now, 0).trigger, 'lose-sight');
  });
});
