// What each reason of a mail that came back means, in a sentence for the clerk.
import type { BounceReason } from './answer.ts';

export const meanings: Readonly<Record<BounceReason, string>> = {
  'mailbox-unknown': 'The address does not exist. Ask the customer for the right one.',
  'domain-unknown':
    'The domain of the address does not exist, or takes no mail. Ask the customer for the right address.',
  'mailbox-full': 'The mailbox is full. Try again in some days, or tell the customer another way.',
  'mailbox-disabled': 'The mailbox is closed, for now or for ever. Ask the customer.',
  blocked: 'The receiving side does not take mail like this, or not from us. The administrator reads its words.',
  'too-large': 'The message is too large for the receiving side. Send fewer documents at once, or another way.',
  'content-rejected': 'The receiving side refuses what is in the message: an attachment, or how the mail is made.',
  authentication:
    'The receiving side could not prove that the mail is ours (SPF, DKIM, DMARC). The administrator mends the DNS.',
  'rate-limited': 'Too much mail in a short time for the receiving side. Send again later.',
  network: 'The receiving side was not reached. Send again; if it lasts, check the address.',
  'relaying-denied': 'A mail system on the way does not pass our mail on. The administrator mends the way out.',
  expired: 'It was tried for days without success, and given up. Send again; if it lasts, check the address.',
  delivered: 'It arrived in the mailbox or fax machine, or was handed on to a system that reports no further.',
  delayed: 'It has not arrived yet. The mail system goes on trying: do nothing.',
  'auto-reply': 'A program answered: the mailbox is there. Read the answer.',
  complaint: 'The recipient marked the message as spam or wants no more. Call before you send again.',
  other: 'The report gives no reason that is known. Read it.',
};
