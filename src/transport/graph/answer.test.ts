// Answers of Graph and of whatever stands before it: read without ever failing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { at, readAnswer, readRetryAfter, textAt } from './answer.ts';

test('Retry-After is seconds or a date, and nothing else', () => {
  const now = Date.UTC(2026, 10, 24, 9);
  for (const [written, pause] of [
    ['17', 17_000],
    [' 3 ', 3_000],
    ['0', 0],
    ['Tue, 24 Nov 2026 09:02:00 GMT', 120_000],
    ['Tue, 24 Nov 2026 08:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    ['-5 minutes maybe', null],
  ] as const) {
    assert.equal(readRetryAfter(written, now), pause, written);
  }
  assert.equal(readRetryAfter(null, now), null);
});

test('a body that is empty, cut, HTML or a bare value is an answer all the same', () => {
  for (const body of ['', '{"error":{"code":', '<html>Bad Gateway</html>', 'null', '[]', '7', '{"error":"x"}']) {
    const answer = readAnswer(502, body, null, 0);
    assert.equal(answer.code, '');
    assert.equal(at(answer.json, 'error', 'code'), undefined);
    assert.equal(textAt(answer.json, 'id'), '');
  }
  assert.equal(readAnswer(502, '<html>\n Bad   Gateway</html>', null, 0).words, '<html> Bad Gateway</html>');
});

test('the words of an error are one line, and not endless', () => {
  const body = JSON.stringify({ error: { code: 'X', message: `a\r\nb ${'c'.repeat(5_000)}` } });
  const { words } = readAnswer(400, body, null, 0);
  assert.doesNotMatch(words, /[\r\n]/);
  assert.equal(words.length, 500);
});
