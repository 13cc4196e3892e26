// One peer under one load, in a process of its own. Arguments: the peer's name, the load as JSON. Prints what was measured.
import { pdfMaker } from './documents.ts';
import type { Load, Peer } from './load.ts';
import { peers, type PeerName } from './peers.ts';

/** So many are made beforehand: making them is not what is measured. */
const documentsMade = 16;

const [name, written] = process.argv.slice(2) as [PeerName, string];
const load = JSON.parse(written) as Load;
const peer: Peer = await peers[name]();
const make = pdfMaker(load.bytes);
const documents = Array.from({ length: documentsMade }, (_, at) => make(at));
const document = (number: number): Buffer => documents[number % documentsMade]!;

const sender = load.server ? peer.open(load.server, document) : null;
const work = async (from: number, to: number): Promise<void> => {
  if (sender) return sender.send(from, to);
  for (let number = from; number <= to; number++) {
    const coming = peer.compose(number, document(number));
    if (coming) await coming;
  }
};

await work(1, load.warmUp);
const cpuBefore = process.cpuUsage();
const from = performance.now();
await work(load.warmUp + 1, load.warmUp + load.messages);
const ms = performance.now() - from;
const { user, system } = process.cpuUsage(cpuBefore);
await sender?.close();
process.stdout.write(JSON.stringify({ messages: load.messages, ms, cpuMs: (user + system) / 1_000 }));
