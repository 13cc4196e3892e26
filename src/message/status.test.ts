import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { after, isFinal, type Standing, statuses, type Trigger, triggers, transitions, worst } from './status.ts';

const all = [...transitions()];
const walk = fc.array(fc.constantFrom(...triggers), { maxLength: 40 });
const starts: Standing[] = [{ status: 'queued' }, { status: 'blocked' }, { status: 'held' }];

/** The standings that a message goes through when these things happen to it; what is forbidden changes nothing. */
function path(from: Standing, happening: readonly Trigger[]): { standing: Standing; by: Trigger | null }[] {
  let standing = from;
  const steps: { standing: Standing; by: Trigger | null }[] = [{ standing, by: null }];
  for (const trigger of happening) {
    const next = after(standing, trigger);
    if (!next) continue;
    standing = next;
    steps.push({ standing, by: trigger });
  }
  return steps;
}

const walks = (check: (steps: ReturnType<typeof path>) => void): void =>
  fc.assert(
    fc.property(fc.constantFrom(...starts), walk, (from, happening) => check(path(from, happening))),
    { numRuns: 2_000 },
  );

test('every status can be reached, and no way leads to one that does not exist', () => {
  const reached = new Set(all.map(({ to }) => to.status));
  for (const status of statuses) assert.ok(reached.has(status), status);
  for (const { to } of all) assert.ok(statuses.includes(to.status));
});

test('released only after committing, or out of uncertain by evidence', () => {
  walks((steps) => {
    steps.forEach(({ standing }, at) => {
      if (standing.status !== 'released') return;
      const before = steps[at - 1]!.standing;
      assert.ok((before.status === 'sending' && before.phase === 'committing') || before.status === 'uncertain');
    });
  });
});

test('from the commit point on it never goes back to the queue without an answer or a person', () => {
  walks((steps) => {
    steps.forEach(({ standing, by }, at) => {
      const before = steps[at - 1]?.standing;
      if (before?.status === 'sending' && before.phase === 'committing' && standing.status === 'queued')
        assert.equal(by, 'put-back');
      if (before?.status === 'uncertain' && standing.status === 'queued') assert.equal(by, 'release');
    });
  });
});

test('a cancel always works until it is handed over, and never becomes a failure', () => {
  for (const standing of [
    { status: 'blocked' },
    { status: 'held' },
    { status: 'queued' },
    { status: 'sending', phase: 'preparing' },
    { status: 'uncertain' },
  ] as Standing[]) {
    assert.deepEqual(after(standing, 'cancel'), { status: 'cancelled' });
  }
  assert.equal(after({ status: 'sending', phase: 'committing' }, 'cancel'), undefined);
  for (const { from, to } of all) if (from.status === 'cancelled') assert.notEqual(to.status, 'failed');
});

test('evidence only leads upward, except for a late bounce', () => {
  const rank = { uncertain: 0, released: 1, delivered: 2 } as const;
  walks((steps) => {
    steps.forEach(({ standing, by }, at) => {
      const before = steps[at - 1]?.standing.status;
      if (!before || !(before in rank) || by === 'release' || by === 'cancel') return;
      if (standing.status === 'failed') return assert.ok(by === 'bounce' || by === 'refuse');
      assert.ok(rank[standing.status as keyof typeof rank] > rank[before as keyof typeof rank]);
    });
  });
});

test('what is failed stays failed: sending again makes a new message', () => {
  for (const { from } of all) assert.notEqual(from.status, 'failed');
  assert.deepEqual(statuses.filter(isFinal), ['released', 'delivered', 'failed', 'cancelled']);
});

test('a document shows the worst of its messages', () => {
  assert.equal(worst(['delivered', 'failed', 'queued']), 'failed');
  assert.equal(worst(['delivered', 'cancelled']), 'delivered');
  assert.equal(worst([]), undefined);
});
