// The peers that run in a Node of their own, and how they are run.
import { join } from 'node:path';
import { startNode } from './child.ts';
import type { Measured } from './figures.ts';
import type { Load, Peer } from './load.ts';

export const peers = {
  outbox: async (): Promise<Peer> => (await import('./outbox-sender.ts')).outboxPeer,
  nodemailer: async (): Promise<Peer> => (await import('./nodemailer-sender.ts')).nodemailerPeer,
};

export type PeerName = keyof typeof peers;

/** @param before words before the command, such as `ip netns exec NAME` */
export async function runPeer(name: PeerName, load: Load, before: readonly string[] = []): Promise<Measured> {
  const program = join(import.meta.dirname, 'peer-process.ts');
  const { stdout, peakMb } = await startNode([program, name, JSON.stringify(load)], before).end;
  return { ...(JSON.parse(stdout) as Omit<Measured, 'peakMb'>), peakMb };
}
