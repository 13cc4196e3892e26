// Who goes first.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { isPutOff, orderOf, priorityOf, priorityPutOff } from './priority.ts';

suite('the priority', () => {
  test('the smaller the batch the earlier, in a handful of steps', () => {
    assert.deepEqual(
      [1, 2, 10, 11, 100, 1_000, 1_001, 20_000, 1_000_000].map(priorityOf),
      [10, 20, 20, 30, 30, 40, 50, 60, 60],
    );
  });

  test('what was put off is behind all that is fresh, once', () => {
    for (const count of [1, 5, 20_000]) {
      const fresh = priorityOf(count);
      const off = priorityPutOff(fresh);
      assert.ok(off > priorityOf(1_000_000) && isPutOff(off) && !isPutOff(fresh));
      assert.equal(priorityPutOff(off), off);
    }
  });

  test('of four turns two are the most urgent ones and nobody is left out', () => {
    assert.deepEqual([0, 1, 2, 3, 4].map(orderOf), ['urgent', 'put-off', 'urgent', 'longest', 'urgent']);
  });
});
