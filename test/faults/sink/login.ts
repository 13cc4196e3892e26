// AUTH PLAIN and LOGIN from the side of the server, as far as a test needs them. RFC 4954

export interface Login {
  reply: string;
  /** Takes the next line; null when it is over. */
  next: ((line: string) => Login) | null;
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

/** @param line of the AUTH command */
export function beginLogin(line: string, passwords: readonly string[]): Login {
  const [, mechanism = '', initial] = line.split(' ');
  const decide = (password: string): Login => ({
    reply: passwords.includes(password) ? '235 2.7.0 in' : '535 5.7.8 Authentication credentials invalid',
    next: null,
  });
  const takePlain = (text: string): Login => decide(decoded(text).split('\0')[2] ?? '');
  if (mechanism.toUpperCase() === 'PLAIN') return initial ? takePlain(initial) : { reply: '334 ', next: takePlain };
  const takePassword = (text: string): Login => decide(decoded(text));
  return { reply: '334 VXNlcm5hbWU6', next: () => ({ reply: '334 UGFzc3dvcmQ6', next: takePassword }) };
}
