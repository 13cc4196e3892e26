// Words by which a mail shows that it is a report, where no machine part says so.

interface Words {
  pattern: RegExp;
  sample: string;
}

/** Who reports: the account of a mail system, not of a person. */
export const senderWords: readonly Words[] = [
  {
    pattern: /mailer-?daemon(?:@|\b(?! club))(?![\w-])/i,
    sample: 'Mail Delivery Subsystem <MAILER-DAEMON@mx.example>',
  },
  { pattern: /\bpost_?master\b/i, sample: 'postmaster@b.example' },
  {
    pattern: /mail[. ]delivery[. ](?:sub)?system|mail deliver system|delivery subsystem|mail administrator/i,
    sample: 'Mail Delivery System <mds@b.example>',
  },
];

/** A subject that a report has. Alone it proves nothing: answers and parcels have it too. */
export const subjectWords: readonly Words[] = [
  {
    pattern: /^(?:delivered|relayed|zugestellt|übermittelt|remis|entregado|recapitato|bezorgd)\s*:/i,
    sample: 'Delivered: Invoice 104',
  },
  {
    pattern:
      /undeliver(?:ed|able)|non-?delivery|not delivered|could not be delivered|delivery (?:has )?(?:failed|failure|problem)|failure notice|returned (?:e-?)?mail|mail (?:delivery )?(?:failed|failure|error)|(?:delivery|send(?:ing)?) (?:error|failure)|non delivery|delivery status|address not found|message (?:not|blocked)|mail system error|failed mail|delivery warning/i,
    sample: 'Undelivered Mail Returned to Sender',
  },
  {
    pattern: /unzustellbar|nicht zustellbar|nicht zugestellt|abgewiesen|zustell(?:ung|fehler)/i,
    sample: 'Unzustellbar: Rechnung 10417',
  },
  {
    pattern:
      /non remis|non distribu|[eé]chec (?:de|d['’])|no se (?:ha )?(?:puede|pudo) entregar|no entregado|non recapitabile|mancato recapito|impossibile recapitare|kézbesíthetetlen|teslim edilemedi|kan inte levereras|onbestelbaar|niet (?:worden )?bezorgd|kan ikke leveres|olevererbar|ej levererat|nie mo(?:ż|z)na dostarczy|n[aã]o (?:entregue|foi poss[ií]vel)|nedoručiteln|не доставлен|недоставлен|未送達|メールエラー|送信エラー|エラー通知|配信不能|配信できません|無法傳遞|无法送达|退信/i,
    sample: 'Non remis : Facture 104',
  },
  {
    pattern: /\bdelay(?:ed)?\b|warning: (?:message|could not)|warning--could not/i,
    sample: 'Warning: message 1v8Z21 delayed 24 hours',
  },
];

/** How a report begins to speak. It must stand near its beginning. */
export const openingWords: readonly Words[] = [
  {
    pattern:
      /(?:message|mail|e-?mail|it|delivery)\b[^.]{0,160}?(?:could ?not|couldn't|can ?not|can't|was not|were not|has not(?: yet)? been|wasn't able|not able|unable|has been failed|failed|has encountered a delivery problem|has been postponed|not reach)/i,
    sample: 'Your message could not be delivered to one or more recipients.',
  },
  {
    pattern:
      /(?:unable|wasn't able|not able|unfortunately|error|trouble|attempting)\b.{0,40}deliver|undeliverable|undelivered|delivery (?:has )?failed|returned because|failed addresses|delivery errors|permanent(?:ly)? fail|permanent error|user unknown|did not receive (?:this|your) message|fatal errors|considered unsolicited bulk|delay in the delivery|transcript of session|non-?delivery report|delivery status notification|not a valid user|mailbox is full|unknown user|failure reasons|invalid user address|invalid final delivery/i,
    sample: 'An error has occurred while attempting to deliver a message',
  },
  {
    pattern:
      /nicht (?:zugestellt|übermittelt|ausgeliefert)|unzustellbar|fehlgeschlagen|abgewiesen|n['’]a pas pu [eê]tre|n'existe pas|non remis|no (?:pudo|se pudo|ha podido) ser entregado|no se pudo entregar|non [eè] stato possibile|impossibile recapitare|kunne ikke leveres|kan inte levereras|kézbesíthetetlen|teslim edilemedi|niet worden bezorgd|nie mo(?:ż|z)na|не может быть доставлено|送信できません|配信できません|届けられません|無法|无法|退信/i,
    sample: 'Ihre Nachricht konnte nicht zugestellt werden.',
  },
];

/** A report without a machine part may tell of success. It counts only where nothing speaks of a failure. */
export const successWords: readonly Words[] = [
  {
    pattern: /(?:message|mail|fax)\b[^\n]{0,120}(?:has been|was|were) (?:successfully )?(?:delivered|relayed)\b/i,
    sample: 'Your message has been successfully relayed to the following recipients',
  },
  {
    pattern: /successful delivery notifications|successfully delivered|delivery to [^.]{0,60} is complete/i,
    sample: '----- The following addresses had successful delivery notifications -----',
  },
  {
    pattern: /(?:nachricht|e-?mail)\b[^.]{0,60}(?:wurde|ist)\b[^.]{0,60}(?:zugestellt|übermittelt)/i,
    sample: 'Ihre Nachricht wurde den folgenden Empfängern zugestellt',
  },
];
export const failureWords = /fail|could ?n[o']t|can ?n[o']t|unable|undeliver|nicht|not (?:yet )?been|unzustellbar/i;

/** The message still waits: nothing has failed yet. */
export const delayWords: readonly Words[] = [
  {
    pattern:
      /this is a warning (?:message )?only|(?:just|only) a warning|will be (?:retried|re-tried)|still being retried|temporary failure report|has (?:not yet|been) (?:been )?(?:delivered after|postponed|delayed)|not yet been delivered|advisory-only|(?:is|delivery) delayed (?:for|to)|zustellung verz(?:ö|o)gert|delivery attempts will continue|server will continue trying|not yet received your message|only a notification about a delay|\baction:[ \t]*delayed|we will (?:continue|keep) (?:to )?(?:attempt|try)|wird weiter(?:hin)? versucht|noch nicht zugestellt/i,
    sample: 'YOU DO NOT NEED TO RESEND YOUR MESSAGE. Message will be retried for 2 more day(s)',
  },
  {
    pattern: /^\W*(?:warning--could not send|warning: message \S+ delayed|delayed mail|.{0,60}\(delay\))/i,
    sample: 'Warning: message 1v8Z21 delayed 24 hours',
  },
];

export const isAny = (words: readonly Words[], text: string): boolean =>
  words.some(({ pattern }) => pattern.test(text));
