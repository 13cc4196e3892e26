// Tests of the control total.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readManifest } from './read.ts';
import { checkTotal } from './total.ts';

const check = (...lines: string[]): string | null =>
  checkTotal(readManifest(Buffer.from(['file,type,number,customer,amount', ...lines].join('\n')), 'run.csv'));

test('a run whose count and amount hold adds up', () => {
  assert.equal(check('a,b,1,c,0.10', 'a,b,2,c,0.20', 'a,b,3,c,(0.30)', '#total,3,0'), null);
  assert.equal(check('a,b,1,c,1', 'a,b,2,c,', '#total,2,1.00'), null);
  assert.equal(check('a,b,1,c,1', '#total,1,'), null);
  assert.equal(check('a,b,1,c,1'), null);
});

test('a wrong count or amount is told with both figures', () => {
  assert.equal(check('a,b,1,c,1', '#total,2,1'), 'the total says 2 documents, but there are 1');
  assert.equal(check('a,b,1,c,0.10', '#total,1,0.11'), 'the total says 0.11, but the documents amount to 0.10');
});

test('a refused row is there, but with it the run does not add up', () => {
  assert.equal(check('a,b,1,c,1', 'a,b,2,c,x', '#total,2,1'), 'of 2 documents 1 were refused (row 2)');
  assert.equal(check('a,b,1,c,1', 'a,b,2,c,x', '#total,1,1'), 'the total says 1 documents, but there are 2');
});
