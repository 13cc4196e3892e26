// Mails by which fax servers and gateways tell what became of a fax.
import type { BounceAction } from '../answer.ts';
import type { ReasonRule } from './rule.ts';

/** The subject, or the first lines, must speak of a fax. */
export const faxWords =
  /\b(?:tele|web|e|rc)?fax(?:es|nachricht|versand|imile)?\b|\bfa(?:c|x)s[ií]mil[e]?\b|t[ée]l[ée]copie|\bfaks\w{0,3}\b/i;

/** A fax that came to us says nothing about one that we sent. */
export const incomingFax =
  /\b(?:new|received|incoming|neues|eingegangen\w*|empfangen\w*|nouveau|reçu|nuevo|recibido|nuovo|ricevuto) (?:e?fax|facsimile|t[ée]l[ée]copie)|fax(?:es)? (?:\w+ )?(?:received|from|von|de|da|empfangen|eingang|reçu|recibido|ricevuto)\b/i;

/** Names before the number, in the languages of HylaFAX and the gateways. */
export const numberNames =
  /(?:recipient|receiver|destination|empf(?:ä|ae?)nger|rufnummer|faxnummer|fax ?number|number|dialed|destinatario|destinataire|ziel|to|an|per|[àa])\s*:?\s*(\+?\d[\d ()/.-]{4,24}\d)/i;

/** The first that fits holds: "not sent" before "sent". */
export const faxOutcomes: readonly { action: BounceAction; pattern: RegExp; sample: string }[] = [
  {
    action: 'delayed',
    pattern:
      /requeued|delayed in the scheduling queues|reprogramad[oa]|ponown[ae]|reenfileirad|will be retried|wiedereingef(?:ü|ue?)gt|erneut (?:bearbeitet|versucht)|is queued|waiting to be sent|accepted and is waiting|rimess[oa] in coda|remis en file/i,
    sample: 'facsimile job 9 to +498900000 requeued',
  },
  {
    action: 'failed',
    pattern:
      /\bfail(?:ed|ure)?\b|not (?:be )?sent|could not|couldn't|nicht (?:gesendet|übertragen|uebertragen|zugestellt)|fehlgeschlagen|fehler|fallit[oa]|[ée]chou[ée]|blocked|rejected|removed from queue|deleted from the queue|abgebrochen|unsuccessful|abgelehnt|mislukt|fallid[oa]|fracas|falhou|nie powiod|timed out|undeliverable|\berror\b/i,
    sample: 'Fax to +498900000 FAILED',
  },
  {
    action: 'delivered',
    pattern:
      /completed|success|\bsent\b|delivered|abgeschlossen|erfolgreich|gesendet|übertragen|termin[ée]|completat[oa]|inviat[oa]|envoy[ée]|complet[ae]d[oa]|enviad[oa]|conclu[ií]d|verzonden|zako[nń]czon|\bOK\b/i,
    sample: 'facsimile job 9 to +498900000 completed',
  },
];

/** Tried before the rules for mail. A wrong number is the customer's to mend; all else is the line. */
export const faxReasons: readonly ReasonRule[] = [
  {
    reason: 'mailbox-unknown',
    pattern: /not in service|not assigned|unallocated|disconnected number|invalid (?:dialing|number)|kein anschluss/i,
    sample: 'The number is not in service',
  },
  {
    reason: 'blocked',
    pattern: /blocked by system policy|rejected by|job rejected|unauthori[sz]ed/i,
    sample: 'The job was rejected by the server',
  },
  {
    reason: 'network',
    pattern:
      /busy|besetzt|occup|no answer|keine antwort|no carrier|no dial ?tone|failed to train|T\.4 receiver|line|abbruch|interrupted|no response|phase/i,
    sample: 'Busy signal detected',
  },
];
