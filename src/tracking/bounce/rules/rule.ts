// The shape of a rule that says what words of a mail system mean.
import type { BounceReason } from '../answer.ts';

export interface ReasonRule {
  reason: BounceReason;
  /** Looked for, without regard to case, in the words about one recipient: addresses stand there as `@`, line ends as blanks. */
  pattern: RegExp;
  /** Words as a mail system says them. The tests hold that the rule, and no rule before it, takes them. */
  sample: string;
  /** Only where it differs from what the reason says. */
  hard?: boolean;
}
