// What the far side of a link needs, where the senders are, beyond an address.
import { execFileSync } from 'node:child_process';
import type { Link } from './distance-link.ts';

function run({ before }: Link, ...words: string[]): void {
  const [command = '', ...args] = [...before, ...words];
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/**
 * Its loopback, which a new namespace has down; and Reno, the one that every kernel lets a namespace have beside its default.
 * Some machines have BBR, which spreads each message over half a round trip: that would be measured, and not the sender.
 */
export function prepareFarSide(link: Link): void {
  run(link, 'ip', 'link', 'set', 'lo', 'up');
  run(link, 'sh', '-c', 'echo reno > /proc/sys/net/ipv4/tcp_congestion_control');
}
