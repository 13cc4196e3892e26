// What is read out of one mail that came back.

/** Why a recipient was not reached, in the words of the messages; `other`: the mail gives no reason that is known. */
export type BounceReason =
  | 'mailbox-unknown'
  | 'mailbox-full'
  | 'mailbox-disabled'
  | 'domain-unknown'
  | 'blocked'
  | 'too-large'
  | 'content-rejected'
  | 'authentication'
  | 'rate-limited'
  | 'network'
  | 'relaying-denied'
  | 'expired'
  | 'delivered'
  | 'delayed'
  | 'auto-reply'
  | 'complaint'
  | 'other';

export type BounceKind = 'bounce' | 'delayed' | 'delivered' | 'auto-reply' | 'complaint' | 'none';

/** The actions of RFC 3464 section 2.3.3, and two for mails that are no delivery reports. */
export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded' | 'auto-reply' | 'complaint';

export interface BounceRecipient {
  /** The address, or the fax number, that the message was for; null: the mail names nobody. */
  address: string | null;
  action: BounceAction;
  /** Enhanced status code (RFC 3463); null: none stands in the mail. */
  status: string | null;
  reason: BounceReason;
  /** This address or its domain does not exist: ask the customer for a new one. */
  hard: boolean;
}

export interface BounceAnswer {
  kind: BounceKind;
  recipients: readonly BounceRecipient[];
  /** Without angle brackets. */
  originalMessageId: string | null;
  originalEnvelopeId: string | null;
}
