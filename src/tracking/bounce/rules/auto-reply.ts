// How an automatic answer shows that no person wrote it (RFC 3834, and what systems do instead).

/** Fields that only automatic answers have. */
export const replyFields: readonly { field: string; value: RegExp; sample: string }[] = [
  { field: 'auto-submitted', value: /^auto-replied/i, sample: 'auto-replied; owner-email="a@b.example"' },
  { field: 'x-autoreply', value: /^(?!no\b)/i, sample: 'yes' },
  { field: 'x-autorespond', value: /^(?!no\b)/i, sample: 'Away' },
  { field: 'x-auto-response', value: /^(?!no\b)/i, sample: 'yes' },
  { field: 'x-apple-action', value: /vacation/i, sample: 'VACATION' },
  { field: 'precedence', value: /^auto_?reply/i, sample: 'auto_reply' },
  { field: 'x-precedence', value: /^auto_?reply/i, sample: 'auto_reply' },
];

/** Subjects of automatic answers; matched at the beginning, where people begin with Re: */
export const replySubjects: readonly { pattern: RegExp; sample: string }[] = [
  { pattern: /^(?:auto(?:matic|mated)?[- ]?(?:reply|response|responder)|auto: |autoreply|autorespon|out of (?:the )?office|vacation)/i, sample: 'Automatic reply: Invoice 104' },
  { pattern: /\((?:automatic|automated|auto) (?:response|reply)\)|\bis out of the office\b/i, sample: 'Re: Invoice (Automatic Response)' },
  { pattern: /^(?:automatische antwort|abwesenheit|abwesend)/i, sample: 'Automatische Antwort: Rechnung' },
  { pattern: /^(?:r[eé]ponse automatique|absence du bureau)/i, sample: 'Réponse automatique : Facture' },
  { pattern: /^(?:respuesta autom[aá]tica|resposta autom[aá]tica|risposta automatica|automatisch antwoord|odpowied(?:ź|z) automatyczna|automatick[aá] odpov|automatiskt? svar|automaattinen vastaus|automatikus v[aá]lasz|自動応答|自動返信|自动答复|автоответ)/i, sample: 'Risposta automatica: Fattura' },
];
