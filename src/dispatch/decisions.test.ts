// What the dispatcher decides, without a clock or a line: breaker, limits, next try, verdict.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { sampleMessage } from '../../test/support/samples.ts';
import type { Outcome } from '../message/transport.ts';
import { closedBreaker } from '../store/transports.ts';
import { closed, current, room, tripped } from './breaker.ts';
import { allow } from './limits.ts';
import { planNextTry } from './retry-plan.ts';
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
    assert.equal(allowance.nextAt, now + 1_000);
  });
});

suite('the next try', () => {
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
