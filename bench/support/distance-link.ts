// Two network namespaces a constant time apart: this one, and one more for the senders. Only root can make them.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Scope } from '../../test/support/daemon.ts';

export interface Link {
  /** Of this side, where the servers listen. RFC 2544: addresses for benchmarks. */
  address: string;
  /** Words before a command that is to run on the other side. */
  before: string[];
}

const here = '198.18.87.1';
const there = '198.18.87.2';

/** What Linux ships with: BBR, where a machine has it, spreads every flight over a third of the way and more. */
const congestionControl = 'cubic';

const ip = (...args: string[]): void => void execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });

/** @param roundTripMs of a packet and its answer */
export async function openLink(scope: Scope, roundTripMs: number): Promise<Link> {
  const name = `outbox-${process.pid}-${roundTripMs}`;
  const [near, far] = [`obn${roundTripMs}`, `obf${roundTripMs}`];
  ip('netns', 'add', name);
  scope.after(() => ip('netns', 'del', name));
  const bridge = spawn('perl', [join(import.meta.dirname, 'delay-bridge.pl'), near, far, String(roundTripMs / 2)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(bridge, 'exit');
  scope.after(async () => {
    bridge.stdin.end();
    await gone;
  });
  await Promise.race([
    once(bridge.stdout, 'data'),
    gone.then(([code]) => Promise.reject(new Error(`the bridge ended with ${String(code)}`))),
  ]);
  ip('link', 'set', far, 'netns', name);
  ip('addr', 'add', here, 'peer', there, 'dev', near);
  ip('link', 'set', near, 'up');
  ip('-n', name, 'addr', 'add', there, 'peer', here, 'dev', far);
  ip('-n', name, 'link', 'set', far, 'up');
  ip('-n', name, 'route', 'replace', here, 'dev', far, 'src', there, 'congctl', congestionControl);
  return { address: here, before: ['ip', 'netns', 'exec', name] };
}
