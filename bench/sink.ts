// A mail server that takes everything as fast as it can, in a process of its own: what is measured is the sender.
import { createServer, type AddressInfo, type Socket } from 'node:net';

const end = Buffer.from('\r\n.\r\n');
const offers = '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n';
let taken = 0;

const answers: Record<string, string> = { EHLO: offers, DATA: '354 go on\r\n', QUIT: '221 bye\r\n' };

function serve(socket: Socket): void {
  let inContent = false;
  let line = '';
  /** The last bytes of the chunk before: an end may be cut in two. */
  let tail: Buffer = Buffer.alloc(0);
  const readLines = (text: string): void => {
    line += text;
    for (let at = line.indexOf('\r\n'); at >= 0 && !inContent; at = line.indexOf('\r\n')) {
      const verb = line.slice(0, 4).toUpperCase();
      line = line.slice(at + 2);
      socket.write(answers[verb] ?? '250 2.0.0 ok\r\n');
      if (verb === 'DATA') inContent = true;
      if (verb === 'QUIT') socket.end();
    }
    if (!inContent || line === '') return;
    const rest = Buffer.from(line, 'latin1');
    line = '';
    readContent(rest);
  };
  const readContent = (chunk: Buffer): void => {
    const whole = tail.length === 0 ? chunk : Buffer.concat([tail, chunk]);
    const at = whole.indexOf(end);
    if (at < 0) {
      tail = whole.subarray(Math.max(0, whole.length - end.length + 1));
      return;
    }
    inContent = false;
    tail = Buffer.alloc(0);
    taken++;
    socket.write('250 2.0.0 taken\r\n');
    const rest = whole.subarray(at + end.length);
    if (rest.length > 0) readLines(rest.toString('latin1'));
  };
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => (inContent ? readContent(chunk) : readLines(chunk.toString('latin1'))));
  socket.write('220 sink ESMTP\r\n');
}

const server = createServer(serve).listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('message', () => {
  process.send?.({ taken });
  taken = 0;
});
process.on('disconnect', () => process.exit());
