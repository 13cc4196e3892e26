// Promises of "did you mean".
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { distance, nearest, suggest } from './suggest.ts';

const known = ['grouping', 'fileName', 'email', 'fax', 'hold'];

test('a letter too many, too few, wrong or swapped is one step', () => {
  for (const word of ['groupping', 'gruping', 'groupiny', 'gropuing']) assert.equal(nearest(word, known), 'grouping');
  assert.equal(distance('ab', 'ba'), 1);
});

test('upper and lower case make no difference', () => assert.equal(nearest('FILENAME', known), 'fileName'));

test('a word that is near to nothing gets the list of what is possible', () => {
  assert.equal(suggest('zebra', ['email', 'fax']), 'possible: email, fax');
  assert.equal(suggest('zebra', []), '');
});

test('the distance is none to itself and the same both ways', () => {
  const word = fc.string({ maxLength: 12 });
  fc.assert(
    fc.property(word, word, (a, b) => {
      assert.equal(distance(a, a), 0);
      assert.equal(distance(a, b), distance(b, a));
      assert.ok(distance(a, b) <= Math.max(a.length, b.length));
    }),
  );
});
