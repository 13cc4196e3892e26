// A mail server that says what a test wants it to say, line by line: for faults that no real server makes on demand.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { placeOf } from './smtp-verbs.ts';

export type Said = 'greeting' | 'ehlo' | 'starttls' | 'auth' | 'mail' | 'rcpt' | 'data' | 'content' | 'rset' | 'quit';

/**
 * A reply with its line end left out, undefined for the usual one; 'drop' cuts the line, also as the last line of a reply; 'silence'
 * says nothing. `content`: all of it is there, behind its dot or as the last chunk (RFC 3030).
 */
export type Script = (said: Said, line: string, connection: number) => string | undefined;

export interface ScriptedServer {
  port: number;
  /** Contents whose dot was answered or not, dot-stuffing removed. */
  contents: string[];
  /** Lone dots that ended a DATA without any recipient (RFC 2920 3.1). */
  emptyEnds: number;
  /** Every line a client said, content left out. */
  lines: string[];
  connections: number;
  /** Resolves when so many contents have come. */
  reached(contents: number): Promise<void>;
  /** Cuts every open line. */
  cut(): void;
}

const usual: Record<Said, string> = {
  greeting: '220 scripted ESMTP',
  ehlo: '250-scripted\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 10000000',
  starttls: '502 not here',
  auth: '235 2.7.0 in',
  mail: '250 2.1.0 sender ok',
  rcpt: '250 2.1.5 recipient ok',
  data: '354 go on',
  content: '250 2.0.0 queued as A1',
  rset: '250 2.0.0 ok',
  quit: '221 2.0.0 bye',
};

/** The usual answer to EHLO, and that it takes content in chunks. */
export const chunkingEhlo = (...more: string[]): string =>
  [...['CHUNKING', ...more].map((keyword) => `250-${keyword}`), usual.ehlo]
    .join('\r\n')
    .replace(/^/, '250-scripted\r\n');

/**
 * @param script undefined is the usual reply
 * @param delayMs before the answer to a content, as a real server needs to keep it
 */
export async function startScripted(
  t: TestContext,
  script: Script = () => undefined,
  delayMs = 0,
): Promise<ScriptedServer> {
  let waiting: { contents: number; resolve: () => void }[] = [];
  const state: ScriptedServer = {
    port: 0,
    contents: [],
    emptyEnds: 0,
    lines: [],
    connections: 0,
    reached: (contents) =>
      new Promise((resolve) => {
        waiting.push({ contents, resolve });
        tell();
      }),
    cut: () => open.forEach((socket) => socket.resetAndDestroy()),
  };
  const tell = (): void => {
    const there = waiting.filter(({ contents }) => contents <= state.contents.length);
    waiting = waiting.filter(({ contents }) => contents > state.contents.length);
    for (const { resolve } of there) resolve();
  };
  const open = new Set<Socket>();

  const serve = (socket: Socket): void => {
    const connection = ++state.connections;
    let buffer = '';
    let inContent = false;
    let hasSender = false;
    let hasRecipient = false;
    /** Octets of chunks so far, and how many are still to come. */
    let chunks = '';
    let chunkLeft = 0;
    let isLastChunk = false;
    let isBusy = false;
    /** As Exim is: a sender stays until the content is taken, or RSET. */
    const usualFor = (said: Said): string => {
      if (said === 'mail' && hasSender) return '503 5.5.1 nested MAIL command';
      if ((said === 'rcpt' || said === 'content') && !hasSender) return '503 5.5.1 MAIL first';
      return said === 'content' && !hasRecipient ? '503 5.5.1 RCPT first' : usual[said];
    };
    const answer = (said: Said, line: string): void => {
      const reply = script(said, line, connection) ?? usualFor(said);
      if (reply === 'silence') return;
      if (reply === 'drop') {
        socket.destroy();
        return;
      }
      if (reply.endsWith('\r\ndrop')) {
        socket.write(reply.slice(0, -'drop'.length));
        socket.destroySoon();
        isBusy = true;
        return;
      }
      socket.write(`${reply}\r\n`);
      if (said === 'mail' && reply.startsWith('2')) hasSender = true;
      if (said === 'rset' || said === 'ehlo' || (said === 'content' && reply.startsWith('2'))) {
        hasSender = false;
        hasRecipient = false;
      }
      if (said === 'rcpt' && reply.startsWith('2')) hasRecipient = true;
      if (said === 'data' && reply.startsWith('354')) inContent = true;
      if (said === 'quit') socket.end();
    };
    /** What came in the same flight waits: replies go out in the order of the commands (RFC 2920 3.2). */
    const answerLater = (): void => {
      isBusy = true;
      setTimeout(() => {
        isBusy = false;
        if (socket.destroyed) return;
        answer('content', '');
        takeAll();
      }, delayMs);
    };
    const takeContent = (): boolean => {
      const end = buffer.startsWith('.\r\n') ? 0 : buffer.indexOf('\r\n.\r\n');
      if (end < 0) return false;
      const content = end === 0 ? '' : buffer.slice(0, end + 2);
      buffer = buffer.slice(end === 0 ? 3 : end + 5);
      inContent = false;
      if (content === '' && !hasRecipient) state.emptyEnds++;
      else state.contents.push(content.replaceAll(/^\./gm, ''));
      endContent();
      return true;
    };
    const endContent = (): void => {
      tell();
      if (delayMs === 0) answer('content', '');
      else answerLater();
    };
    const beginChunk = (line: string): void => {
      const [, octets, last] = line.split(' ');
      chunkLeft = Number(octets);
      isLastChunk = last === 'LAST';
    };
    const takeChunk = (): boolean => {
      if (buffer.length < chunkLeft) return false;
      chunks += buffer.slice(0, chunkLeft);
      buffer = buffer.slice(chunkLeft);
      chunkLeft = 0;
      if (!isLastChunk) socket.write('250 2.0.0 so far\r\n');
      else {
        if (hasRecipient) state.contents.push(chunks);
        chunks = '';
        endContent();
      }
      return true;
    };
    const takeLine = (): boolean => {
      const end = buffer.indexOf('\r\n');
      if (end < 0) return false;
      const line = buffer.slice(0, end);
      buffer = buffer.slice(end + 2);
      state.lines.push(line);
      if (line.startsWith('BDAT ')) beginChunk(line);
      else answer(placeOf(line.split(' ')[0]!.toUpperCase()) ?? 'auth', line);
      return true;
    };
    const takeAll = (): void => {
      const take = (): boolean => {
        if (chunkLeft > 0) return takeChunk();
        return inContent ? takeContent() : takeLine();
      };
      while (!socket.destroyed && !isBusy && take());
    };
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      buffer += chunk.toString('latin1');
      takeAll();
    });
    answer('greeting', '');
  };

  const server = createServer(serve);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  state.port = (server.address() as AddressInfo).port;
  return state;
}
