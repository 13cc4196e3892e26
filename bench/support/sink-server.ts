// A mail server that takes everything as fast as it can, in a process of its own: what is measured is the sender.
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { createGate } from './allowance.ts';
import type { SinkState, SinkWish } from './sink.ts';

const wish = JSON.parse(process.argv[2] ?? '{}') as SinkWish;
const end = Buffer.from('\r\n.\r\n');
const context = wish.certificates
  ? createSecureContext({
      cert: readFileSync(wish.certificates.certificate),
      key: readFileSync(wish.certificates.key),
    })
  : null;
const gate = wish.allowance ? createGate(wish.allowance) : null;
const state: SinkState = { taken: 0, refused: 0, firstAt: 0, lastAt: 0 };
let connections = 0;

const offers = (isSecure: boolean): string =>
  `250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-CHUNKING\r\n250-BINARYMIME\r\n${context && !isSecure ? '250-STARTTLS\r\n' : ''}250 SIZE 100000000\r\n`;

/** Where the content ends, in octets of `chunk`; an end may be cut in two. */
function endOf(tail: Buffer, chunk: Buffer): number {
  const seam = Buffer.concat([tail, chunk.subarray(0, end.length - 1)]);
  const across = seam.indexOf(end);
  if (across >= 0) return across + end.length - tail.length;
  const at = chunk.indexOf(end);
  return at < 0 ? -1 : at + end.length;
}

function count(): void {
  state.taken++;
  state.lastAt = Date.now();
  state.firstAt ||= state.lastAt;
}

/** A MAIL that is beyond the allowance. */
function refusal(): string | null {
  const words = gate?.(Date.now(), connections) ?? null;
  if (words !== null) state.refused++;
  return words;
}

const noTail = Buffer.from('\r\n');

function serve(socket: Socket, isSecure: boolean): void {
  let inContent = false;
  /** Octets of a chunk that are still to come, and whether it is the last of its message (RFC 3030). */
  let chunkLeft = 0;
  let isLastChunk = false;
  let line = '';
  let tail: Buffer = noTail;
  let replies = '';
  const startTls = (): void => {
    socket.write('220 2.0.0 go on\r\n');
    socket.removeAllListeners('data');
    serve(new TLSSocket(socket, { isServer: true, secureContext: context! }), true);
  };
  const endContent = (): void => {
    count();
    replies += '250 2.6.0 taken\r\n';
  };
  const beginChunk = (words: string[]): string => {
    chunkLeft = Number(words[1]);
    isLastChunk = words[2]?.toUpperCase() === 'LAST';
    return '';
  };
  const answer = (words: string[]): string => {
    const verb = words[0]!.toUpperCase();
    if (verb === 'EHLO') return offers(isSecure);
    if (verb === 'MAIL') return refusal() ?? '250 2.1.0 ok\r\n';
    if (verb === 'RCPT') return '250 2.1.5 ok\r\n';
    if (verb === 'DATA') return '354 go on\r\n';
    if (verb === 'BDAT') return beginChunk(words);
    return verb === 'QUIT' ? '221 2.0.0 bye\r\n' : '250 2.0.0 ok\r\n';
  };
  /** @returns how much of `chunk` it has taken */
  const readLine = (chunk: Buffer, at: number): number => {
    const feed = chunk.indexOf(10, at);
    const next = feed < 0 ? chunk.length : feed + 1;
    line += chunk.toString('latin1', at, next);
    if (feed < 0) return next;
    const words = line.trimEnd().split(' ');
    line = '';
    if (words[0]!.toUpperCase() === 'STARTTLS') startTls();
    else replies += answer(words);
    inContent = words[0]!.toUpperCase() === 'DATA';
    return next;
  };
  const readContent = (chunk: Buffer): number => {
    const at = endOf(tail, chunk);
    if (at < 0) {
      const last = 1 - end.length;
      tail = chunk.length >= -last ? chunk.subarray(last) : Buffer.concat([tail, chunk]).subarray(last);
      return chunk.length;
    }
    inContent = false;
    tail = noTail;
    endContent();
    return at;
  };
  const readChunk = (there: number): number => {
    const taken = Math.min(there, chunkLeft);
    chunkLeft -= taken;
    if (chunkLeft === 0 && isLastChunk) endContent();
    return taken;
  };
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      if (chunkLeft > 0) at += readChunk(chunk.length - at);
      else if (inContent) at += readContent(chunk.subarray(at));
      else at = readLine(chunk, at);
    }
    if (replies === '') return;
    const isOver = replies.endsWith('221 2.0.0 bye\r\n');
    socket.write(replies);
    replies = '';
    if (isOver) socket.end();
  });
}

const server = createServer({ noDelay: true }, (socket) => {
  connections++;
  socket.once('close', () => connections--);
  socket.write('220 sink ESMTP\r\n');
  serve(socket, false);
});
server.listen(0, wish.address ?? '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => process.send?.(state));
process.on('disconnect', () => process.exit());
