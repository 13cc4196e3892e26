import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanWords } from '../judge.ts';
import { splitOriginal } from '../original.ts';
import { namedIn } from '../text-recipients.ts';
import { replyFields, replySubjects } from './auto-reply.ts';
import { faxOutcomes, faxReasons } from './fax.ts';
import { originalMarks } from './original.ts';
import { reasonRules } from './reasons.ts';
import { headLines, namedAfter, sessionLines } from './recipients.ts';
import { delayWords, openingWords, senderWords, subjectWords, successWords } from './report-words.ts';

for (const rule of reasonRules) {
  test(`"${rule.sample}" means ${rule.reason}, by its own rule`, () => {
    const words = cleanWords(rule.sample);
    assert.equal(reasonRules.find(({ pattern }) => pattern.test(words))?.pattern.source, rule.pattern.source);
  });
}

for (const { sample, action } of faxOutcomes) {
  test(`"${sample}" means that the fax is ${action}`, () => {
    assert.equal(faxOutcomes.find(({ pattern }) => pattern.test(sample))?.action, action);
  });
}

for (const rule of faxReasons) {
  test(`"${rule.sample}" of a fax means ${rule.reason}`, () => {
    assert.equal(faxReasons.find(({ pattern }) => pattern.test(rule.sample))?.reason, rule.reason);
  });
}

for (const { sample } of [...headLines, ...namedAfter, ...sessionLines]) {
  test(`"${sample}" names a recipient`, () => {
    assert.deepEqual(
      namedIn(`\n${sample}\n`, []).map(({ address }) => address),
      ['a@b.example'],
    );
  });
}

for (const { sample } of originalMarks) {
  test(`"${sample}" ends the words of a report`, () => {
    assert.equal(splitOriginal(`Not delivered.\n${sample}\nSubject: x\n`).words, 'Not delivered.\n');
  });
}

for (const { pattern, sample } of [
  ...senderWords,
  ...subjectWords,
  ...openingWords,
  ...successWords,
  ...delayWords,
  ...replySubjects,
]) {
  test(`"${sample}" is known by its own pattern`, () => assert.match(sample, pattern));
}

for (const { field, value, sample } of replyFields) {
  test(`${field}: ${sample} tells an automatic answer`, () => assert.match(sample, value));
}

test('a line in the middle of a sentence ends no report', () => {
  const text =
    'The original message follows the usual rules of this house, which you find on our pages, and they are long and many.\n';
  assert.equal(splitOriginal(text).words, text);
});

test('every pattern can be asked again: none keeps a place', () => {
  const rules = [...reasonRules, ...faxReasons, ...faxOutcomes, ...originalMarks, ...senderWords, ...subjectWords];
  assert.deepEqual(
    rules.filter(({ pattern }) => pattern.global || pattern.sticky),
    [],
  );
});
