// A rule of what a reply means: what it must look like, who is to blame, and the words for the person. Data, no code.
import type { Reason } from '../../../message/reasons.ts';
import type { Blame, FaultClass } from '../../../message/transport.ts';
import type { SmtpPhase } from '../fault.ts';

export interface ReplyRule {
  /** Steps of the dialogue at which it counts; all when left out. */
  at?: readonly SmtpPhase[];
  /** Basic codes, RFC 5321 4.2.3; all when left out. */
  code?: readonly number[];
  /** 4 or 5: what holds once the enhanced code has had its say (see judge.ts). */
  class?: 4 | 5;
  /** Enhanced codes, RFC 3463: "5.7.139", "5.7.700-749", "x.1.1" for either class, "x.3.*" for a whole subject. */
  enhanced?: readonly string[];
  /** Words of the reply, after its codes. */
  text?: RegExp;
  blame: Blame;
  fault: FaultClass;
  reason: Reason;
  /** What it means, a sentence. */
  meaning: string;
  /** What to do; TRANSPORT, ID and ADDRESS stand for the names of the case. */
  next: string;
  /** Nobody else says this: it counts also where it is not known who answers. */
  unmistakable?: true;
  /** The least pause where the reply names none, in minutes. */
  pauseMinutes?: number;
  /** A reply that it was written from, as the server says it. */
  example: string;
  /** Where that reply was read. "believed:" before it where no document of the provider shows it. */
  source: string;
}

/** Steps at which a message is spoken of: before MAIL only the transport can be at fault. */
export const envelope: readonly SmtpPhase[] = ['mail', 'rcpt', 'data', 'dot'];
export const recipient: readonly SmtpPhase[] = ['rcpt', 'dot'];
export const content: readonly SmtpPhase[] = ['data', 'dot'];
