// All rules that make a reason out of words, in the order in which they are tried: the first that fits holds.
import { domainRules } from './domain.ts';
import { closedRules, fullRules, unknownRules } from './mailbox.ts';
import {
  authenticationRules,
  blockedRules,
  contentRules,
  rateRules,
  relayRules,
  senderRules,
  sizeRules,
  spamRules,
} from './policy.ts';
import type { ReasonRule } from './rule.ts';
import { expiredRules, faultRules, loopRules, networkRules } from './way.ts';

export const reasonRules: readonly ReasonRule[] = [
  ...loopRules,
  ...spamRules,
  ...authenticationRules,
  ...relayRules,
  ...fullRules,
  ...sizeRules,
  ...closedRules,
  ...senderRules,
  ...domainRules,
  ...unknownRules,
  ...contentRules,
  ...rateRules,
  ...expiredRules,
  ...blockedRules,
  ...networkRules,
  ...faultRules,
];
