// What mail systems say when they will not have this sender, this content, or so much of it.
import type { ReasonRule } from './rule.ts';

/** Before the rules on authentication: those who refuse spam recommend it. */
export const spamRules: readonly ReasonRule[] = [
  {
    reason: 'blocked',
    pattern: /(?:due to|because of|classified as|identified as|detected as|considered) (?:\w+ )?spam/i,
    sample: 'Your email was rejected due to spam classification. Use SPF or DKIM to pass the check.',
  },
];

export const authenticationRules: readonly ReasonRule[] = [
  {
    reason: 'authentication',
    pattern:
      /\b(?:DMARC|DKIM|SPF)\b(?!-signature).{0,60}?\b(?:fail|pass|polic|reject|violat|check|record|verif|hard|unauth|align)|(?:fail|pass|reject|violat|per).{0,30}\b(?:DMARC|DKIM|SPF)\b(?!-signature)|sender policy framework|sender is unauthenticated|unauthenticated e?-?mail/i,
    sample: 'Unauthenticated email from acme.example is not accepted by its DMARC policy',
  },
];

export const relayRules: readonly ReasonRule[] = [
  {
    reason: 'relaying-denied',
    pattern:
      /relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed)|prohibited|refused)|unable to relay|list of allowed rcpthosts|not (?:configured|allowed|permitted) to relay|no relaying|insecure mail relay|not (?:a )?permitted to relay|we do not relay|relaying? (?:mail )?to .{0,40}(?:denied|not allowed)|turn on smtp auth/i,
    sample: '554 5.7.1 <@>: Relay access denied',
  },
];

export const sizeRules: readonly ReasonRule[] = [
  {
    reason: 'too-large',
    pattern:
      /(?:message|mail|size|attachment|nachricht)\w*\b.{0,40}?(?:too (?:big|large)|larger than|exceeds? (?:the )?(?:\w+ ){0,3}(?:size|limit|length)|exceed\w* (?:the )?(?:maximum|fixed|administrative|size))(?! \(?\d+ max headers)/i,
    sample: '552 5.3.4 Message size exceeds fixed maximum message size',
  },
  {
    reason: 'too-large',
    pattern:
      /(?:Recip|Send)SizeLimit|exceeded maximum (?:inbound |outbound )?message size|message length exceeds|maximale (?:nachrichten)?größe|nachricht.{0,20}zu gro(?:ß|ss)|message trop (?:gros|volumineux)|mensaje demasiado grande|size limit/i,
    sample: 'Die maximale Nachrichtengröße ist überschritten.',
  },
];

export const contentRules: readonly ReasonRule[] = [
  {
    reason: 'content-rejected',
    pattern: /\bvirus|malware|infected|phish/i,
    sample: '550 Virus Detected; Content Rejected',
  },
  {
    reason: 'content-rejected',
    pattern:
      /(?:illegal|forbidden|prohibited|banned|unwanted|dangerous|executable) (?:attachment|file)|attachment.{0,30}(?:not allowed|forbidden|type)|content presents a potential/i,
    sample: '552 5.6.0 Message contains a forbidden attachment type (.zip)',
  },
  {
    reason: 'content-rejected',
    pattern:
      /RFC ?-?5?2?822 compliant|RFC 5322 compliant|duplicate header|headers? too large|8-bit data|improper use|no resent-from|media error|missing (?:\w+ )?header|invalid header|malformed (?:message|header)|multiple (?:subject|from|to) (?:headers|addresses)|too many (?:equal )?\S{0,10}headers|must be RFC|lone (?:CR|LF)|headers? fail|quarantined|invalid characters|mail content denied|bare (?:LF|CR|linefeed)/i,
    sample: 'This message is not RFC 5322 compliant. There are multiple Subject headers.',
  },
];

export const blockedRules: readonly ReasonRule[] = [
  {
    reason: 'blocked',
    pattern: /groups\.google\.com\/support/i,
    sample: 'Wenn Sie Fragen zu dieser Gruppe haben: https://groups.google.com/support/',
  },
  {
    reason: 'blocked',
    pattern:
      /\bspam\b|spam-|unsolicited|\bUBE\b|\bUCE\b|bulk (?:e?-?mail|mail)|mass mailer|junk mail|spamassassin|uribl|surbl|antispam|content filter|message content rejected|classif\w+ as|spamhaus/i,
    sample: '550 5.7.1 Rejected - bulk email',
  },
  {
    reason: 'blocked',
    pattern:
      /black ?-?list|block ?list|\bRBL\b|dnsbl|blocked (?:using|by|for)|listed (?:in|at|by)|banned sending ip|poor reputation|reputation|\[TSS?\d\d\]|user complaints|unexpected volume|SC-00\d|\bCDRBL\b|#CXSNDR|\bIB\d{3}\b/i,
    sample: '554 5.7.1 Service unavailable; client [192.0.2.1] blocked using dnsbl.example',
  },
  {
    reason: 'blocked',
    pattern:
      /reverse dns|\brdns\b|\bPTR\b|ip name lookup failed|client host rejected|client ip|valid sender domain|my name was rejected|invalid domain name|not be mail exchanger|invalid ip for sending|open relay/i,
    sample: '550 5.7.1 Fix reverse DNS for 192.0.2.1',
  },
  {
    reason: 'blocked',
    pattern:
      /polic(?:y|ies)|access (?:is )?denied|not authori[sz]ed|not permitted|not allowed|unauthori[sz]ed|administrative prohibition|prohibited|RESOLVER\.RST\.|TRANSPORT\.RULES|restrict(?:ed|ion)|permissions? to (?:post|send)|not in (?:the )?whitelist|traffic not accepted|attribution; reject|delivery was refused|blocked by|message rejected|suspicious|may not have permission|non-member|smtp server of your isp|command rejected|authentication required|filtered|protocol violation/i,
    sample: '554 5.7.9 Message not accepted for policy reasons',
  },
  {
    reason: 'blocked',
    pattern:
      /(?:e-?mail|mail|message)s? (?:was |is |were |been |has been |have been )*(?:rejected|refused|blocked|rejet)|rejet[eé]|service refus|abgewiesen|abgelehnt|you are blocked|refused to accept|not accepting mail with|header error|rejected by|reject,|\b5[05]\d (?:5\.\d\.\d+ )?(?:rejected|blocked|denied)\b|relay quota/i,
    sample: '550 5.2.0 Mail rejete. Mail rejected.',
  },
];

/** Refused for who sends it. Before the rules for recipients: the words are the same. */
export const senderRules: readonly ReasonRule[] = [
  {
    reason: 'blocked',
    pattern:
      /sender verif|verification failed for|helo command rejected|sender (?:address )?(?:rejected|refused|denied|not)|domain of sender|sender domain|sender'?s? (?:address|domain)|unrout(?:e)?able sender|sender was rejected|bad outbound sender|from: ?domain is invalid|does not like (?:your|the) sender|not accepting mail from|senders? not allowed/i,
    sample: '553 5.1.8 <@>... Domain of sender address @ does not exist',
  },
];

export const rateRules: readonly ReasonRule[] = [
  {
    reason: 'rate-limited',
    pattern:
      /too many (?:connections|recipients|messages|e?-?mails|sessions|concurrent)|rate ?-?limit|frequency limited|throttl|exceeded threshold|slow down|trop de connexions|sending (?:rate|limit|quota)|message rate|try again later.{0,20}rate|too fast|limit exceeded|daily limit|connection rate|too quickly|unusual (?:rate|sending)/i,
    sample: '421 4.7.0 Too many connections, slow down.',
  },
];
