// Lines behind which a report shows the message that it is about.

/** A consultant adds one line here for a system that says it in another way. Each pattern matches at the start of a line. */
export const originalMarks: readonly { pattern: RegExp; sample: string }[] = [
  {
    pattern: /[-_ *=]*this is a copy of (?:the|your) message/i,
    sample: '------ This is a copy of the message, including all the headers. ------',
  },
  { pattern: /[-_ *=]*below this line is a copy/i, sample: '--- Below this line is a copy of the message.' },
  { pattern: /[-_ *=]*(?:the )?original message (?:follows|headers)/i, sample: 'Original message headers:' },
  {
    pattern: /[-_ *=|]+ ?(?:the )?(?:original|returned|unsent|undelivered|forwarded) (?:message|mail)(?! and )/i,
    sample: '   ----- Original message -----',
  },
  { pattern: /[-_ *=|]*message (?:headers?|text) follows?/i, sample: '   ----- Message header follows -----' },
  {
    pattern: /[-_ *=|]*(?:returned|unsent) (?:message|mail) follows/i,
    sample: '--------RETURNED MAIL FOLLOWS--------',
  },
  { pattern: /[-_ *=]*start of returned message/i, sample: '---- START OF RETURNED MESSAGE ----' },
  {
    pattern: /[-_ *=]*headers? of the (?:source|original) (?:mail|message)/i,
    sample: '---- Header of the source mail attached ----',
  },
  {
    pattern: /[-_ *=]*the headers? of the original message/i,
    sample: '--- The header of the original message is following. ---',
  },
  {
    pattern: /[-_ *=]*(?:enclosed|attachment|attached|included|here|below) is a copy of/i,
    sample: 'Included is a copy of the message header:',
  },
  {
    pattern: /[-_ *=]*a copy of (?:the|your) original message/i,
    sample: 'A copy of the original message below this line:',
  },
  {
    pattern: /[-_ *=]*the first \d+ lines of your original message/i,
    sample: 'The first 50 lines of your original message follow:',
  },
  {
    pattern: /[-_ *=]*original message (?:as received|attached)/i,
    sample: 'Original message as received is as follows:',
  },
  { pattern: /[-_ *=]*mensaje original adjunto/i, sample: '--- Mensaje original adjunto.' },
  {
    pattern: /[-_ *=]*(?:ursprüngliche (?:nachrichtenkopfzeilen|nachricht)|urspr(?:ü|u)nglicher nachrichtenkopf)/i,
    sample: 'Ursprüngliche Nachrichtenkopfzeilen:',
  },
  { pattern: /[-_ *=]*en-têtes (?:de message|du message) d['’]origine/i, sample: "En-têtes de message d'origine :" },
  { pattern: /[-_ *=]*encabezados (?:de|del) mensaje original/i, sample: 'Encabezados del mensaje original:' },
  { pattern: /[-_ *=]*intestazioni (?:del )?messaggio originale/i, sample: 'Intestazioni messaggio originale:' },
  // No words at all: the header of the message itself.
  {
    pattern: /(?:received: ?(?:from|by|\()|return-path: ?<|(?:x-received|dkim-signature): ?\S)/i,
    sample: 'Received: from mx.example.net (mx.example.net [192.0.2.1])',
  },
];
