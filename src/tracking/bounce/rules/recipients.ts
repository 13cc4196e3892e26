// How reports that are only text name the recipient. `@` in a pattern stands for an address, which it captures.

export interface RecipientForm {
  pattern: string;
  sample: string;
}

/** A line that begins with the recipient, and heads what is said about it. */
export const headLines: readonly RecipientForm[] = [
  {
    pattern: String.raw`^[ \t>*"'-]*<@>[ \t]*(?:\(.{1,100}\))?[ \t]*(?::|,|$|\.\.\.)`,
    sample: '<a@b.example>: host mx.b.example said: 550 no',
  },
  {
    pattern: String.raw`^[ \t>*-]*["']?@["']?[ \t]*(?:\(.{1,100}\)[ \t]*)?(?::|;|$|\[|\.\.\.|[ \t]*<(?:mailto:)?[^<>\s]{1,300}>| on \w+,? | on \d| invalid address)`,
    sample: '  a@b.example',
  },
  { pattern: String.raw`^[ \t>*-]*"[^"\n]{1,100}"[ \t]*<@>`, sample: '"Ann Buyer" <a@b.example>' },
  {
    pattern: String.raw`^\[Status: [^\n]{0,60}Address: <@>`,
    sample: '[Status: Error, Address: <a@b.example>, ResponseCode 421, , Host not reachable.]',
  },
  { pattern: String.raw`^[ \t]*-- @[ \t]*$`, sample: '-- a@b.example' },
];

/** Words before the recipient within a line or sentence. */
export const namedAfter: readonly RecipientForm[] = [
  {
    pattern: String.raw`(?:final|original)-recipient[ \t]*:[ \t]*[\w/-]+[ \t]*;[ \t]*<?@`,
    sample: 'Final-Recipient: rfc822; a@b.example',
  },
  {
    pattern: String.raw`^[ \t]*(?:intended |failed )?(?:recipient(?: address)?|addressed to|undeliverable address|failed address|address|empfänger|destinataire|destinatario|ontvanger|mottagare|odbiorca)[ \t]*:[ \t]*(?:\[SMTP:)?["'<]*@`,
    sample: 'Recipient: [SMTP:a@b.example]',
  },
  {
    pattern: String.raw`(?:unknown user|invalid final delivery userid|mailbox is full|delivery failed(?: \d+ attempts)?|could not be delivered to|undeliverable to|unable to deliver (?:your )?message to|recipients? returned permanent errors|(?:was|were) ?n[o']t delivered to|wasn't delivered to|problem delivering your message to)[ \t]*:?[ \t]*["'<]*@`,
    sample: 'undeliverable to a@b.example',
  },
  {
    pattern: String.raw`(?:delivering|deliver) your (?:mail|message) to[ \t]+["'<]*@`,
    sample: 'There was an error delivering your mail to <a@b.example>.',
  },
  {
    pattern: String.raw`your (?:e-?mail|mail|message) to:?\s+["'<]*@`,
    sample: 'Your message to a@b.example could not be delivered',
  },
  {
    pattern: String.raw`(?:you sent (?:e-?)?mail to|addressed to(?: email address)?|address to\s+which your message was addressed,|sent to|deliver (?:this|the) message to|delivered to)\s*:?\s*["'<]*@`,
    sample: 'You sent mail to a@b.example.',
  },
  {
    pattern: String.raw`(?:ihre (?:e-?mail|nachricht) an|votre message [aà]|(?:su|tu) mensaje (?:a|para)|il messaggio (?:a|per)|uw bericht aan|delivre a|n'a pas pu etre delivre a)\s+["'<]*@`,
    sample: 'Ihre Nachricht an a@b.example konnte nicht zugestellt werden',
  },
  {
    pattern: String.raw`(?:无法发送到|無法傳送至|无法送达|発信先|宛先|получател[ьюя]{1,2}|odbiorcy|ontvanger)[ \t:：]*["'<]*@`,
    sample: '无法发送到 a@b.example',
  },
  { pattern: String.raw`rcpt to:[ \t]*<?@`, sample: '>>> RCPT TO:<a@b.example>' },
  { pattern: String.raw`generated (?:from|by)[ \t]+<?@`, sample: '(generated from a@b.example)' },
];

/** A session: the refusal stands first, and then the line that names the recipient. */
export const sessionLines: readonly RecipientForm[] = [
  { pattern: String.raw`^5\d\d[ -](?:5\.\d\.\d )?<@>\.\.\.`, sample: '550 <a@b.example>... Host unknown' },
];

/** The address that we sent to, where the line before names what it became. */
export const wentOnFrom = String.raw`\((?:expanded from|(?:ultimately )?generated from)(?: address)?:?[ \t]*<?@>?\)`;
