// All rules that make a reason out of words, in the order in which they are tried: the first that fits holds.
import { domainRules } from './domain.ts';
import { closedRules, fullRules, unknownRules } from './mailbox.ts';
import { authenticationRules, blockedRules, contentRules, rateRules, relayRules, sizeRules } from './policy.ts';
import type { ReasonRule } from './rule.ts';
import { expiredRules, faultRules, networkRules } from './way.ts';

export const reasonRules: readonly ReasonRule[] = [
  ...authenticationRules,
  ...relayRules,
  ...fullRules,
  ...sizeRules,
  ...closedRules,
  ...domainRules,
  ...unknownRules,
  ...contentRules,
  ...rateRules,
  ...blockedRules,
  ...expiredRules,
  ...networkRules,
  ...faultRules,
];
