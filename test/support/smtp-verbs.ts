// The commands of SMTP that a server of ours tells apart, by the place in the dialogue (RFC 5321 4.1, RFC 3207, RFC 4954).

const verbs = {
  EHLO: 'ehlo',
  HELO: 'ehlo',
  STARTTLS: 'starttls',
  AUTH: 'auth',
  MAIL: 'mail',
  RCPT: 'rcpt',
  DATA: 'data',
  RSET: 'rset',
  QUIT: 'quit',
} as const;

/** Null for any other word. */
export const placeOf = (verb: string): (typeof verbs)[keyof typeof verbs] | null =>
  Object.hasOwn(verbs, verb) ? verbs[verb as keyof typeof verbs] : null;
