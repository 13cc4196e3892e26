// What the general rules are made of: the words of a reason, where a rule has none of its own, and who is blamed.
import { nextStep, type Reason, sentenceOf } from '../../../message/reasons.ts';
import type { ReplyRule } from './rule.ts';

/** The words of a reason, where a rule has none of its own. */
export const plain = (reason: Reason): Pick<ReplyRule, 'reason' | 'meaning' | 'next'> => ({
  reason,
  meaning: sentenceOf(reason),
  next: nextStep(reason, 'ID', null),
});

export const throttle = { blame: 'transport', fault: 'throttle', ...plain('rate-limited') } as const;
export const configuration = { blame: 'transport', fault: 'configuration' } as const;
