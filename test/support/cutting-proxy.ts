// A line to a server that breaks where a test wants it: each direction is looked at, and may be cut before it passes on.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface Cut {
  from: 'client' | 'server';
  /** What the chunk holds at which the line breaks; the chunk itself does not pass. */
  at: RegExp;
}

/** @param cuts one for each connection, in order; none for later ones @returns its port */
export async function startCuttingProxy(
  t: TestContext,
  port: number,
  cuts: readonly (Cut | 'refuse')[],
): Promise<number> {
  const open = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    const cut = cuts[connections++];
    if (cut === 'refuse') return void client.destroy();
    const upstream = connect(port, '127.0.0.1');
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const pass = (from: Cut['from'], source: Socket, target: Socket): void => {
      source.on('data', (chunk: Buffer) => {
        if (cut?.from === from && cut.at.test(chunk.toString('latin1'))) end();
        else target.write(chunk);
      });
      source.on('error', end);
      source.on('close', end);
      open.add(source);
    };
    pass('client', client, upstream);
    pass('server', upstream, client);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
