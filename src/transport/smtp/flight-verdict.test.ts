// What the answers to a message in one flight mean, for all that can be said: a yes is believed only where nothing contradicts it.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type Heard, judgeFlight } from './flight-verdict.ts';
import type { Reply } from './reply.ts';

const reply = (code: number, text: string): Reply => ({ code, enhanced: null, lines: [text] });
const good = [reply(250, 'reset'), reply(250, 'sender'), reply(250, 'recipient')];
const kept = reply(250, 'queued as 1');
const ended = { text: 'The server closed the line.', byServer: true };
const silent = { text: 'No answer.', byServer: false };
const known = new Set(['250  reset', '250  sender', '250  recipient']);

const heard = (change: Partial<Heard>): Heard => ({ replies: [], end: null, isClosing: false, known, ...change });
const verdict = (change: Partial<Heard>): string => judgeFlight(heard(change)).is;

suite('a message in one flight', () => {
  test('is accepted by a yes to its content, after a yes to all before', () => {
    assert.equal(verdict({ replies: [...good, kept] }), 'accepted');
  });

  test('is uncertain when the yes is one to something else', () => {
    assert.equal(verdict({ replies: [...good, reply(250, 'recipient')] }), 'uncertain');
  });

  test('words of addresses do not make two answers different', () => {
    const words = new Set(['250  ... Recipient ok']);
    const replies = [...good, reply(250, '<c1@abf.example>... Recipient ok')];
    assert.equal(verdict({ replies, known: words }), 'uncertain');
  });

  test('is refused by the first no, and by that one alone', () => {
    const found = judgeFlight(
      heard({ replies: [good[0]!, good[1]!, reply(550, 'unknown'), reply(503, 'no recipient')] }),
    );
    assert.deepEqual(found, { is: 'refused', phase: 'rcpt', reply: reply(550, 'unknown') });
  });

  test('a refused RSET is no word about the message', () => {
    const found = judgeFlight(heard({ replies: [reply(500, 'what'), good[1]!, good[2]!, reply(554, 'spam')] }));
    assert.deepEqual(found, { is: 'refused', phase: 'dot', reply: reply(554, 'spam') });
    assert.equal(verdict({ replies: [reply(500, 'what'), good[1]!, good[2]!], end: ended }), 'uncertain');
  });

  test('whose recipient was refused when the line ended is refused: nobody could get it', () => {
    assert.equal(verdict({ replies: [good[0]!, good[1]!, reply(550, 'unknown')], end: ended }), 'refused');
  });

  test('that was not answered is uncertain; behind a 421 and the end of the line it is unsent', () => {
    for (const count of [0, 1, 2, 3]) {
      const replies = good.slice(0, count);
      assert.equal(verdict({ replies, end: ended }), 'uncertain');
      assert.equal(verdict({ replies, end: ended, isClosing: true }), 'unsent');
      assert.equal(verdict({ replies, end: silent, isClosing: true }), 'uncertain');
    }
  });

  test('is uncertain when something that is no answer came in place of one', () => {
    assert.equal(verdict({ replies: [good[0]!, reply(354, 'go on')], end: ended }), 'uncertain');
  });

  test('whose RSET was answered 421 is refused when the line ends, and uncertain while the server may go on', () => {
    assert.equal(verdict({ replies: [reply(421, 'closing')], end: ended }), 'refused');
    assert.equal(verdict({ replies: [reply(421, 'closing')], end: silent }), 'uncertain');
  });

  test('is never accepted after a no, and never refused or unsent after a yes to its content', () => {
    const code = fc.constantFrom(250, 251, 354, 421, 450, 550);
    const answers = fc.array(fc.tuple(code, fc.constantFrom('reset', 'sender', 'recipient', 'queued')), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(answers, fc.boolean(), fc.constantFrom(ended, silent), (given, isClosing, end) => {
        const replies = given.map(([number, words]) => reply(number, words));
        const isWhole = replies.length === 4;
        const found = verdict({ replies, isClosing, end: isWhole ? null : end });
        const isYes = isWhole && replies[3]!.code < 300;
        if (isYes) assert.ok(found === 'accepted' || found === 'uncertain', found);
        if (found === 'accepted') assert.ok(replies.every(({ code: number }) => number < 300));
        if (!isYes) assert.notEqual(found, 'accepted');
      }),
    );
  });
});
