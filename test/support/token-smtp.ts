// A mail server that is logged in to by XOAUTH2 after STARTTLS, strict about the order of things: the SMTP side of a provider.
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { TLSSocket } from 'node:tls';
import type { Certificates } from './certificates.ts';

/** Why a login is refused: at once by the reply, or after a challenge that tells more. */
export interface Denial {
  reply: string;
  details?: object;
}

export interface TokenSmtpWish {
  certificates: Certificates;
  /** Offered after TLS, without AUTH. */
  extensions: readonly string[];
  mechanisms: string;
  /** @returns null when the login is good */
  judge(user: string, token: string): Denial | null;
  /** Asked at each MAIL: a login may run out. */
  isStillGood(user: string, token: string): boolean;
  /** The answer to MAIL when it has. */
  over: string;
  /** Connections of one mailbox that may be logged in at once. */
  connections: number;
  /** The reply to one more. */
  tooMany: string;
  /** Contents that came; return a number of ms to answer later. */
  onContent(user: string, content: string): number;
}

export interface TokenSmtp {
  port: number;
  contents: string[];
  logins: number;
  denials: number;
  /** The most logged in at once for one mailbox. */
  mostAtOnce: number;
  /** Every line that a client said, contents left out. */
  lines: string[];
}

interface Dialogue {
  socket: Socket;
  buffer: Buffer;
  user: string | null;
  token: string;
  isWaitingFor: 'line' | 'response' | 'nothing' | 'content' | 'octets';
  hasMail: boolean;
  hasRecipient: boolean;
  octets: number;
  isLast: boolean;
  content: Buffer[];
}

const readResponse = (text: string): { user: string; token: string } | null => {
  // oxlint-disable-next-line no-control-regex -- XOAUTH2 puts control-A between its parts
  const found = /^user=([^\x01]+)\x01auth=Bearer ([^\x01]+)\x01\x01$/.exec(Buffer.from(text, 'base64').toString());
  return found ? { user: found[1]!, token: found[2]! } : null;
};

export async function startTokenSmtp(t: TestContext, wish: TokenSmtpWish): Promise<TokenSmtp> {
  const state: TokenSmtp = { port: 0, contents: [], logins: 0, denials: 0, mostAtOnce: 0, lines: [] };
  const open = new Set<Socket>();
  const loggedIn = new Map<string, Set<Socket>>();

  const denied = (dialogue: Dialogue, { reply, details }: Denial): string => {
    state.denials++;
    if (details === undefined) return reply;
    dialogue.isWaitingFor = 'nothing';
    afterChallenge.set(dialogue, reply);
    return `334 ${Buffer.from(JSON.stringify(details)).toString('base64')}`;
  };
  const afterChallenge = new WeakMap<Dialogue, string>();

  const logIn = (dialogue: Dialogue, text: string): string => {
    dialogue.isWaitingFor = 'line';
    const response = readResponse(text);
    if (!response) return denied(dialogue, { reply: '501 5.5.4 Invalid arguments' });
    const denial = wish.judge(response.user, response.token);
    if (denial) return denied(dialogue, denial);
    const others = loggedIn.get(response.user) ?? new Set();
    if (others.size >= wish.connections) return wish.tooMany;
    loggedIn.set(response.user, others.add(dialogue.socket));
    state.logins++;
    state.mostAtOnce = Math.max(state.mostAtOnce, others.size);
    dialogue.user = response.user;
    dialogue.token = response.token;
    return '235 2.7.0 Authentication successful';
  };

  const ehlo = (isSecure: boolean): string => {
    const offered = [...wish.extensions, isSecure ? `AUTH ${wish.mechanisms}` : 'STARTTLS'];
    return ['250-mail.example Hello [127.0.0.1]', ...offered]
      .map((line, at) => (at === 0 ? line : `250${at < offered.length ? '-' : ' '}${line}`))
      .join('\r\n');
  };

  const auth = (dialogue: Dialogue, argument: string): string => {
    if (!(dialogue.socket instanceof TLSSocket)) return '530 5.7.0 Must issue a STARTTLS command first';
    if (dialogue.user !== null) return '503 5.5.1 Already authenticated';
    const [mechanism, response] = argument.split(' ');
    if (mechanism?.toUpperCase() !== 'XOAUTH2') return '504 5.7.4 Unrecognized authentication type';
    if (response !== undefined) return logIn(dialogue, response);
    dialogue.isWaitingFor = 'response';
    return '334 ';
  };

  const mail = (dialogue: Dialogue): string => {
    if (dialogue.user === null) return '530 5.7.57 Client not authenticated to send mail.';
    if (!wish.isStillGood(dialogue.user, dialogue.token)) return wish.over;
    dialogue.hasMail = true;
    return '250 2.1.0 Sender OK';
  };

  const endOfContent = (dialogue: Dialogue): { reply: string; delayMs: number } => {
    const content = Buffer.concat(dialogue.content).toString('latin1');
    Object.assign(dialogue, { hasMail: false, hasRecipient: false, content: [], isWaitingFor: 'line' });
    state.contents.push(content);
    const delayMs = wish.onContent(dialogue.user!, content);
    return { reply: `250 2.0.0 OK <${state.contents.length}@mail.example> [Hostname=mail.example]`, delayMs };
  };

  const command = (dialogue: Dialogue, line: string): string => {
    const [verb = '', ...rest] = line.split(' ');
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return ehlo(dialogue.socket instanceof TLSSocket);
      case 'AUTH':
        return auth(dialogue, rest.join(' '));
      case 'MAIL':
        return mail(dialogue);
      case 'RCPT':
        dialogue.hasRecipient ||= dialogue.hasMail;
        return dialogue.hasMail ? '250 2.1.5 Recipient OK' : '503 5.5.2 Need mail command';
      case 'DATA':
        if (!dialogue.hasRecipient) return '503 5.5.2 Need rcpt command';
        dialogue.isWaitingFor = 'content';
        return '354 Start mail input; end with <CRLF>.<CRLF>';
      case 'RSET':
        dialogue.hasMail = false;
        dialogue.hasRecipient = false;
        return '250 2.0.0 Resetting';
      case 'NOOP':
        return '250 2.0.0 OK';
      default:
        return "500 5.3.3 Unrecognized command 'unknown'";
    }
  };

  const takeContent = (dialogue: Dialogue): Buffer | null => {
    const { buffer } = dialogue;
    const end = buffer.subarray(0, 3).equals(Buffer.from('.\r\n')) ? 0 : buffer.indexOf('\r\n.\r\n');
    if (end < 0) return null;
    dialogue.buffer = buffer.subarray(end === 0 ? 3 : end + 5);
    return Buffer.from(
      buffer
        .subarray(0, end === 0 ? 0 : end + 2)
        .toString('latin1')
        .replaceAll(/^\./gm, ''),
      'latin1',
    );
  };

  const takeOctets = (dialogue: Dialogue): Buffer | null => {
    const { buffer, octets } = dialogue;
    if (buffer.length < octets) return null;
    dialogue.buffer = buffer.subarray(octets);
    return buffer.subarray(0, octets);
  };

  const takeLine = (dialogue: Dialogue): string | null => {
    const end = dialogue.buffer.indexOf('\r\n');
    if (end < 0) return null;
    const line = dialogue.buffer.subarray(0, end).toString('latin1');
    dialogue.buffer = dialogue.buffer.subarray(end + 2);
    state.lines.push(line);
    return line;
  };

  /** One step, or null when more must come first. */
  const step = (dialogue: Dialogue): { reply: string; delayMs?: number } | null => {
    if (dialogue.isWaitingFor === 'content' || dialogue.isWaitingFor === 'octets') {
      const isData = dialogue.isWaitingFor === 'content';
      const part = isData ? takeContent(dialogue) : takeOctets(dialogue);
      if (part === null) return null;
      dialogue.content.push(part);
      if (isData || dialogue.isLast) return endOfContent(dialogue);
      dialogue.isWaitingFor = 'line';
      return { reply: `250 2.0.0 ${part.length} octets` };
    }
    const line = takeLine(dialogue);
    if (line === null) return null;
    if (dialogue.isWaitingFor === 'response') return { reply: logIn(dialogue, line) };
    if (dialogue.isWaitingFor === 'nothing') {
      dialogue.isWaitingFor = 'line';
      return { reply: line === '' ? afterChallenge.get(dialogue)! : '501 5.5.4 Invalid arguments' };
    }
    const chunk = /^BDAT (\d+)( LAST)?$/i.exec(line);
    if (!chunk) return { reply: command(dialogue, line) };
    if (!dialogue.hasRecipient) return { reply: '503 5.5.2 Need rcpt command' };
    Object.assign(dialogue, { octets: Number(chunk[1]), isLast: chunk[2] !== undefined, isWaitingFor: 'octets' });
    return step(dialogue);
  };

  const secure = (dialogue: Dialogue): void => {
    const { certificate, key } = wish.certificates;
    const plain = dialogue.socket;
    plain.removeAllListeners('data');
    dialogue.socket = new TLSSocket(plain, { isServer: true, cert: readFileSync(certificate), key: readFileSync(key) });
    listen(dialogue);
  };

  const pump = async (dialogue: Dialogue): Promise<void> => {
    for (let next = step(dialogue); next !== null; next = step(dialogue)) {
      if (next.delayMs) await new Promise((resolve) => setTimeout(resolve, next.delayMs));
      if (dialogue.socket.destroyed) return;
      dialogue.socket.write(`${next.reply}\r\n`);
    }
  };

  const listen = (dialogue: Dialogue): void => {
    const { socket } = dialogue;
    let pumping = Promise.resolve();
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (dialogue.user !== null) loggedIn.get(dialogue.user)?.delete(socket);
    });
    socket.on('data', (chunk: Buffer) => {
      dialogue.buffer = Buffer.concat([dialogue.buffer, chunk]);
      const word = dialogue.isWaitingFor === 'line' ? dialogue.buffer.toString('latin1').toUpperCase() : '';
      if (word === 'STARTTLS\r\n' && !(socket instanceof TLSSocket)) {
        dialogue.buffer = Buffer.alloc(0);
        socket.write('220 2.0.0 SMTP server ready\r\n');
        secure(dialogue);
        return;
      }
      if (word === 'QUIT\r\n') {
        socket.end('221 2.0.0 Service closing transmission channel\r\n');
        return;
      }
      pumping = pumping.then(() => pump(dialogue));
    });
  };

  const server = createServer((socket) => {
    const dialogue: Dialogue = {
      socket,
      buffer: Buffer.alloc(0),
      user: null,
      token: '',
      isWaitingFor: 'line',
      hasMail: false,
      hasRecipient: false,
      octets: 0,
      isLast: false,
      content: [],
    };
    socket.setNoDelay(true);
    listen(dialogue);
    socket.write('220 mail.example ESMTP MAIL Service ready\r\n');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  state.port = (server.address() as AddressInfo).port;
  return state;
}
