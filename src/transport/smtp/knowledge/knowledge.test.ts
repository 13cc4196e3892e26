// Promises of the rules: each is reached by the reply that it was written from, and says who, what and what to do.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { presets } from '../../../config/presets.ts';
import { judgeReply } from '../replies.ts';
import { createReplyReader } from '../reply.ts';
import type { Reply } from '../reply.ts';
import { familyNames, familyOf, type Origin, rulesOf } from './families.ts';
import { general } from './general.ts';
import { findRule, likelyPhase } from './judge.ts';
import { envelope, type ReplyRule } from './rule.ts';

const read = (line: string): Reply => createReplyReader().feed(Buffer.from(`${line}\r\n`))[0]!;

const own = Object.keys(presets).map((preset): Origin => ({ preset, host: 'mail.acme.example' }));
const originOf = (family: string): Origin => own.find((origin) => familyOf(origin) === family)!;

const sets: [name: string, rules: readonly ReplyRule[], origin: Origin][] = [
  ...familyNames.map((name): [string, readonly ReplyRule[], Origin] => [name, rulesOf(name), originOf(name)]),
  ['general', general, { preset: null, host: 'mail.acme.example' }],
];

for (const [name, rules, origin] of sets) {
  suite(name, () => {
    for (const rule of rules) {
      test(rule.example, () => {
        const phase = rule.at?.[0] ?? (rule.blame === 'transport' ? 'mail' : 'dot');
        assert.deepEqual(findRule(phase, read(rule.example), origin), rule, 'another rule stands before it');
        const judged = judgeReply(phase, read(rule.example), origin);
        assert.deepEqual([judged.blame, judged.fault, judged.reason], [rule.blame, rule.fault, rule.reason]);
        assert.ok(judged.text.endsWith(`(${rule.meaning}) → ${rule.next}`));
        assert.notEqual(rule.source, '');
        assert.match(rule.meaning, /^[A-Z].*\.$/);
      });
    }
  });
}

test('a message is blamed with a fault of its own, and a transport never is', () => {
  const ofMessage = ['temporary', 'permanent'];
  for (const [, rules] of sets) {
    for (const { blame, fault, at, example } of rules) {
      assert.equal(ofMessage.includes(fault), blame === 'message', example);
      if (blame === 'message')
        assert.ok(
          at?.every((phase) => envelope.includes(phase)),
          example,
        );
    }
  }
});

test('every preset that has words of its own is joined to them', () => {
  const without = own.filter((origin) => familyOf(origin) === null).map(({ preset }) => preset);
  const gateways = Object.entries(presets).flatMap(([preset, { address }]) => (address === undefined ? [] : [preset]));
  assert.deepEqual(without.toSorted(), ['postfix', 'stunnel', ...gateways].toSorted());
});

test('the step is guessed from the words where only they are known', () => {
  const guess = (line: string, preset: string | null = null) => likelyPhase(read(line), { preset, host: '' });
  assert.equal(guess('535 5.7.139 Authentication unsuccessful'), 'auth');
  assert.equal(guess('550 5.1.1 No such user'), 'rcpt');
  assert.equal(guess('550 5.7.60 Client does not have permissions to send as this sender', 'office365'), 'mail');
  assert.equal(guess('554 5.6.0 Bad MIME'), 'dot');
  assert.equal(guess('450 4.2.0 Greylisted'), 'rcpt');
});
