// What mail systems say of a mailbox: full, closed, unknown.
import type { ReasonRule } from './rule.ts';

export const fullRules: readonly ReasonRule[] = [
  {
    reason: 'rate-limited',
    pattern:
      /RecipientQuotaExceeded|sending (?:quota|limit)|receiving (?:mail|messages) too quickly|per hour|exceeded their limit for the number of messages|receiving mail at a rate/i,
    sample: 'Recipient has exceeded their limit for the number of messages they can receive per hour',
  },
  {
    reason: 'mailbox-full',
    pattern:
      /(?:mail ?-?box|inbox|mail ?dir|mail ?folder|mail ?drop|account|postfach|user|recipient)\b.{0,40}?(?:\bfull\b|over ?quota|over its quota|exceed(?:s|ed|ing)? (?:its |his |their |the |storage |disk )*(?:quota|limit|storage|space|size|disk)|out of storage|too many messages|voll\b|overdrawn)/i,
    sample: 'The recipient mailbox has exceeded its disk space limit.',
  },
  {
    reason: 'mailbox-full',
    pattern:
      /(?:quota|storage|disk ?space|speicher).{0,30}(?:exceed|violation|reached|überschritten|erschöpft|full\b|too small)|exceed\w*.{0,30}\bquota|(?:over|out of|above) (?:the |his |its |disk |mail )*(?:quota|disk ?space|storage)|quota ?exceed/i,
    sample: "552 5.2.2 User's disk quota exceeded",
  },
  {
    reason: 'mailbox-full',
    pattern:
      /(?:not enough|insufficient|no) (?:disk |storage |free )*space|does not have enough (?:disk )?space|space not enough|too much mail (?:data|stored)|exceeded the local limit|exceeded storage allocation|mailbox size|MTA-imposed quota|file too large|size limit for (?:this )?(?:user|mailbox)|over ?quota|too many mails|zuviele mails/i,
    sample: "Not enough storage space in user's mailbox to accept message.",
  },
  {
    reason: 'mailbox-full',
    pattern:
      /full mailbox|postfach (?:ist )?voll|bo[iî]te.{0,30}(?:pleine|satur)|(?:buz[oó]n|casilla).{0,30}(?:llen|agotad)|espacio.{0,40}agotado|casella.{0,20}piena|mailbox.{0,15}(?:pieno|lleno|pleine|vol\b)|メールボックス.{0,20}(?:一杯|いっぱい|容量)|переполнен/i,
    sample: 'La casella del destinatario è piena.',
  },
];

export const closedRules: readonly ReasonRule[] = [
  {
    reason: 'mailbox-disabled',
    pattern:
      /(?:account|mail ?-?box|address|user|recipient|konto|postfach|compte|cuenta|casilla)\b.{0,40}?\b(?:disabled|deactivated|suspended|discontinued|closed|frozen|locked|inactivated|inactive|blocked by admin|deaktiviert|gesperrt|geschlossen|désactivé|bloqu[eé]|deshabilitad[ao]|suspendid[ao]|ha expirado|has expired|bloccato)\b/i,
    sample: 'The email account that you tried to reach is disabled.',
  },
  {
    reason: 'mailbox-disabled',
    pattern:
      /\b(?:disabled|deactivated|suspended|frozen|locked|inactive|expired) (?:recipient|mail ?-?box|account|user|address)(?! does)/i,
    sample: '525 5.7.13 Disabled recipient address',
  },
  {
    reason: 'mailbox-disabled',
    pattern:
      /MailboxDisabled|AccountDisabled|\[suspend\]|recipient account is blocked|account is (?:temporarily )?(?:unavailable|blocked|inactive)|no longer accepts mail|terminated|mailbox is inactive/i,
    sample: 'STOREDRV.Deliver.Exception:AccountDisabledException.MapiExceptionMailboxDisabled',
  },
];

const what =
  "(?:user ?name|user ?id|user|recipient(?:'s)?(?: e?-?mail)?(?: address| name)?|mail ?-?box|e?-?mail (?:address|account)|account|address(?:ee)?|alias|customer|local ?part|person|destinataire|destinatario|empfänger|odbiorca|usuario|utilisateur|kein benutzer)";

export const unknownRules: readonly ReasonRule[] = [
  {
    reason: 'mailbox-unknown',
    pattern: new RegExp(
      `\\b(?:unknown|invalid|no such|not a (?:valid|known)|nonexist(?:e|a)nt|non-exist(?:e|a)nt|illegal|bad|unrecogni[sz]ed|undeliverable|incorrect)(?: or (?:illegal|invalid|unknown))?(?: local| final| delivery| destination| e?-?mail| virtual| recipient| smtp)* ${what}\\b`,
      'i',
    ),
    sample: '550 5.1.1 <@>... No such user',
  },
  {
    reason: 'mailbox-unknown',
    pattern: new RegExp(
      `\\b${what}s?\\b[^.;]{0,50}?\\b(?:unknown|not found|(?:was |were )?not (?:be )?(?:found|exist|recogni[sz]ed|known|active|listed|valid|unique|local|match)|does ?n[o']t exist|doesn't exist|do(?:es)? not exist|(?:is |are )?invalid|could ?n[o']t be found|couldn't be found|could not be found|no longer|is wrong|has moved|inconnue?|invalide|desconocid[oa]|unbekannt|n'existe|n’existe|no existe|nie istnieje|inesistente|inexistente|existiert nicht)`,
      'i',
    ),
    sample: 'The email account that you tried to reach does not exist.',
  },
  {
    reason: 'mailbox-unknown',
    pattern:
      /(?:mailbox|account)\b[^.;]{0,40}\b(?:unavailable|not available)|do(?:es|s)n'?t exist|address not found|account not found|no such address|account does not|unknown local.?part|benutzer unbekannt|unknown in |(?:no|not a) (?:valid )?(?:mail ?-?box|account|user|recipient)\b.{0,30}\b(?:here|by that name|found|at this|available)|doesn't have an? .{0,60}account|(?:is |are )?not (?:our|a|an) (?:valid |active |known |existing )*(?:user|customer|address|mail ?-?box|account|subscriber|recipient)/i,
    sample: '550 Requested action not taken: mailbox unavailable',
  },
  {
    reason: 'mailbox-unknown',
    pattern:
      /RESOLVER\.ADR\.(?:Recip(?:ient)?NotFound|ExRecipNotFound)|BAD_?RECIPIENT|badrcptto.{0,5}\(?user|recip(?:ient)? ?not ?found|not listed in .{0,20}directory|name not (?:recogni[sz]ed|found)|recipient name is not recogni[sz]ed|possibly incorrect/i,
    sample: '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found',
  },
  {
    reason: 'mailbox-unknown',
    pattern: /Recipient address rejected: Access denied|5\.4\.1.{0,80}Access denied/i,
    sample: '550 5.4.1 [@]: Recipient address rejected: Access denied',
  },
  {
    reason: 'mailbox-unknown',
    pattern:
      /(?:user|recipient|mailbox|account|address)s? (?:is |was )?(?:unknown|rejected\b(?!:))|unknown (?:user|recipient|alias)|no such (?:user|recipient|mailbox|account|address|person)|not exist|doesn't exist|inactive e?-?mail address|no longer (?:on server|exists|valid|in use|available|with|works)|does not have a final email delivery point|is not accepting any|no mail ?-?box|not local\b/i,
    sample: '550 5.1.1 <@>: inactive email address',
  },
  {
    reason: 'mailbox-unknown',
    pattern:
      /adresse existiert nicht|existiert nicht|nicht gefunden|unbekannter empfänger|empfänger.{0,20}unbekannt|adresse n['’]existe pas|non recensé|destinataire inconnu|destinataire invalide|destinat[aá]rio desconhecido|usuario desconocido|utente sconosciuto|indirizzo inesistente|no mailbox|存在しません|見つかりません|ディレクトリのリストにありません|用户不存在|не найден|не существует|mailbox has moved|address changed/i,
    sample: 'Die Adresse existiert nicht mehr.',
  },
];
