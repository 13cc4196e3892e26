// What a peer is asked to do in a process of its own, and what every peer must be able to do.

export interface Server {
  host: string;
  port: number;
  tls: boolean;
  connections: number;
  ca: string | null;
  /** Messages in flight over a connection at most, where a peer can; 1 when it is left out. */
  window?: number;
}

export interface Load {
  /** Of the document. */
  bytes: number;
  /** Before the time is taken: a JIT compiles what it has seen often enough. */
  warmUp: number;
  messages: number;
  /** Composing alone when null. */
  server: Server | null;
}

export interface Sender {
  /** Composes and sends messages `from` to `to`, both included; resolves when the last is answered. */
  send(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}

export interface Peer {
  /** One message, composed to bytes. */
  compose(number: number, document: Buffer): Promise<unknown> | undefined;
  open(server: Server, document: (number: number) => Buffer): Sender;
}

/** `width` at once, until all are done. */
export async function inParallel(
  from: number,
  to: number,
  width: number,
  work: (number: number) => Promise<void>,
): Promise<void> {
  let next = from;
  const one = async (): Promise<void> => {
    while (next <= to) await work(next++);
  };
  await Promise.all(Array.from({ length: width }, one));
}
