// What mail systems say of the way there: no answer, no end, out of time.
import type { ReasonRule } from './rule.ts';

export const expiredRules: readonly ReasonRule[] = [
  {
    reason: 'expired',
    pattern:
      /retry time(?:out)? (?:not reached|exceeded)|delivery time expired|maximum-time-expired|message expired|too long in (?:the )?queue|within the allowed queue period|multiple retries|failing for a long time|not (?:been )?collected after|was not delivered within|delivery failed \d+ attempts|retry timeout|queue (?:life)?time|giving up on (?:this )?message|gave up|deleted from (?:the )?queue|could not be delivered for more than \d|undelivered after/i,
    sample: 'retry timeout exceeded',
  },
];

export const loopRules: readonly ReasonRule[] = [
  {
    reason: 'network',
    pattern:
      /too many hops|hop count|mail loop|loops? back to|routing loop|loop detected|is looping|mail loops|loops? back|best-preference MX/i,
    sample: '554 5.4.14 Hop count exceeded - possible mail loop',
  },
];

export const networkRules: readonly ReasonRule[] = [
  {
    reason: 'network',
    pattern:
      /connection (?:was )?(?:timed out|refused|reset|dropped|closed)|timed out|time-?out|no route to host|network (?:error|is unreachable|unreachable)|host (?:is )?(?:unreachable|not reach(?:able|ed)|not responding)|not reachable|socket error|lost connection|could ?n[o'’]t connect|wasn't able to establish an smtp connection|did not accept our requests to connect|no answer from host|could not initiate smtp|unable to connect|did not respond|server (?:is )?unavailable or busy|(?:not support|requires?|issue a) (?:START)?TLS|TLS (?:negotiation|handshake|is required)|connect to .{1,80} failed|connection died|greeting failed|unreachable|unable to contact|over a TLS/i,
    sample: 'Connection timed out',
  },
];

export const faultRules: readonly ReasonRule[] = [
  {
    reason: 'other',
    pattern:
      /terminated by signal|command died|can't create|couldn't create|insufficient system (?:resources|storage)|local (?:configuration )?error|mailer error|lock failure|temporary failure|transaction failed|not implemented|system error/i,
    sample: '452 4.3.1 Insufficient system resources',
  },
];
