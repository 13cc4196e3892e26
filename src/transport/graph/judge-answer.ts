// What a refusal of Microsoft Graph means: who is to blame, and the words with the next step for the administrator. Pure.
import type { Reason } from '../../message/reasons.ts';
import type { Blame, FaultClass, Judgement } from '../../message/transport.ts';
import { type Answer, wordsOfAnswer } from './answer.ts';

/** What was asked when the answer came. */
export type Step = 'look' | 'draft' | 'attachment' | 'upload' | 'send' | 'mailbox';

interface Rule {
  /** Against "status code words". */
  match: RegExp;
  steps?: readonly Step[];
  blame: Blame;
  fault: FaultClass;
  reason: Reason;
  permanent?: true;
  /** What the administrator does; {user} is the mailbox. */
  next?: string;
}

const access =
  'The application has no right to this mailbox. In Exchange Online PowerShell: ' +
  'Test-ServicePrincipalAuthorization -Identity CLIENT_ID -Resource {user} must show InScope True for ' +
  'Application Mail.ReadWrite and Application Mail.Send; else New-ManagementRoleAssignment (docs/graph.md). ' +
  'A change takes from 30 minutes to 2 hours.';
const noMailbox =
  'Microsoft 365 knows no such mailbox {user}. Check user in the settings, and that it has a licence for Exchange Online.';
const sendAs =
  'The mailbox {user} may not send with this From address. Set company.email (or from of the document type) to {user}, or ' +
  'allow it: Add-RecipientPermission FROM_ADDRESS -Trustee {user} -AccessRights SendAs';

/** The first that matches decides. Codes as Microsoft documents them, and as people report them. */
const rules: readonly Rule[] = [
  {
    match: /^401/,
    blame: 'transport',
    fault: 'auth',
    reason: 'authentication',
    next: 'The token is refused twice. Check tenant and client, and that baseUrl belongs to the same cloud.',
  },
  {
    match: /ErrorExceededMessageLimit|SubmissionQuota|ErrorQuotaExceeded|^507/i,
    blame: 'transport',
    fault: 'quota',
    reason: 'rate-limited',
    next: 'The mailbox {user} is full, or has sent all that it may in a day. Empty Sent Items, or wait.',
  },
  {
    match: /^429|ApplicationThrottled|MailboxConcurrency/,
    blame: 'transport',
    fault: 'throttle',
    reason: 'rate-limited',
  },
  {
    match: /ErrorSendAsDenied|SendAsDenied/,
    blame: 'transport',
    fault: 'configuration',
    reason: 'sender-refused',
    next: sendAs,
  },
  {
    match: /^413|ErrorMessageSizeExceeded|ErrorAttachmentSizeLimitExceeded|maximum request length/i,
    blame: 'message',
    fault: 'permanent',
    reason: 'too-large',
    permanent: true,
  },
  {
    match: /ErrorInvalidRecipients|ErrorInvalidSmtpAddress|ErrorRecipientNotFound|RecipientNotFound/,
    blame: 'message',
    fault: 'permanent',
    reason: 'bad-address',
    permanent: true,
  },
  { match: /^403|RAOP/, blame: 'transport', fault: 'configuration', reason: 'authentication', next: access },
  {
    match:
      /^404 (?:ErrorInvalidUser|ResourceNotFound|Request_ResourceNotFound|MailboxNotEnabledForRESTAPI|ErrorNonExistentMailbox)/,
    blame: 'transport',
    fault: 'configuration',
    reason: 'authentication',
    next: noMailbox,
  },
  {
    match: /^404/,
    steps: ['mailbox'],
    blame: 'transport',
    fault: 'configuration',
    reason: 'authentication',
    next: noMailbox,
  },
  // Of a look nothing can be the message's fault.
  { match: /^[234]/, steps: ['look', 'mailbox'], blame: 'transport', fault: 'protocol', reason: 'other' },
  { match: /^50[34]/, blame: 'transport', fault: 'throttle', reason: 'rate-limited' },
  { match: /^5/, blame: 'transport', fault: 'connect', reason: 'network' },
  // A draft that is gone, a session that has expired: the next try begins anew.
  { match: /^(?:404|409|410|412|416)/, blame: 'message', fault: 'temporary', reason: 'other' },
  { match: /^4/, blame: 'message', fault: 'permanent', reason: 'content-rejected', permanent: true },
  // 200 where 201 or 202 is due has been seen for messages that were too large and were never stored.
  { match: /^[23]/, blame: 'message', fault: 'temporary', reason: 'other' },
];

const sentences: Record<Step, string> = {
  look: 'Microsoft Graph does not let us look into the mailbox',
  draft: 'Microsoft Graph does not take the message',
  attachment: 'Microsoft Graph does not take an attachment',
  upload: 'Microsoft Graph does not take the upload of an attachment',
  send: 'Microsoft Graph does not send the message',
  mailbox: 'Microsoft Graph does not open the mailbox',
};

export function judgeAnswer(step: Step, answer: Answer, user: string): Judgement {
  const words = wordsOfAnswer(answer);
  const rule = rules.find(({ match, steps }) => (!steps || steps.includes(step)) && match.test(words));
  const next = rule?.next === undefined ? '' : ` → ${rule.next.replaceAll('{user}', user)}`;
  const pause = answer.retryAfterMs === null ? {} : { retryAfterMs: answer.retryAfterMs };
  return {
    blame: rule?.blame ?? 'transport',
    fault: rule?.fault ?? 'protocol',
    permanent: rule?.permanent ?? false,
    reason: rule?.reason ?? 'other',
    text: `${sentences[step]}: ${words}${/[.!]$/.test(words) ? '' : '.'}${next}`,
    ...pause,
  };
}
