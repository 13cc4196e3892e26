// The fast sink from outside: where it listens, and how many messages it took.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Certificates } from '../../test/support/certificates.ts';
import type { Allowance } from './allowance.ts';
import type { Scope } from '../../test/support/daemon.ts';

export interface SinkWish {
  /** "127.0.0.1" unless told otherwise. */
  address?: string;
  /** STARTTLS is offered then. */
  certificates?: Certificates;
  /** What it refuses, as a provider does. */
  allowance?: Allowance;
}

/** What the process says when it is asked. */
export interface SinkState {
  taken: number;
  /** MAIL refused because of the allowance. */
  refused: number;
  /** Epoch ms of the first and the last message taken; 0 before. */
  firstAt: number;
  lastAt: number;
}

export interface Sink {
  port: number;
  state(): Promise<SinkState>;
  /** Counts from 0 again. */
  begin(): Promise<void>;
  /** Resolves when it has so many. @throws when none comes for a minute */
  has(messages: number): Promise<void>;
  /** @throws when it has not exactly so many */
  check(messages: number): Promise<void>;
}

const pollMs = 5;
const patienceMs = 60_000;

export async function startSink(scope: Scope, wish: SinkWish = {}): Promise<Sink> {
  const child = fork(join(import.meta.dirname, 'sink-server.ts'), [JSON.stringify(wish)]);
  scope.after(() => child.disconnect());
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  let from = 0;
  const state = async (): Promise<SinkState> => {
    child.send('state');
    const [now] = (await once(child, 'message')) as [SinkState];
    return now;
  };
  const taken = async (): Promise<number> => (await state()).taken - from;
  return {
    port,
    state,
    async begin() {
      from = (await state()).taken;
    },
    async has(messages) {
      let last = -1;
      let since = performance.now();
      for (let now = await taken(); now < messages; now = await taken()) {
        if (now > last) since = performance.now();
        if (performance.now() - since > patienceMs)
          throw new Error(`the sink has ${now} of ${messages}, and no more come`);
        last = now;
        await wait(pollMs);
      }
    },
    async check(messages) {
      const now = await taken();
      if (now !== messages) throw new Error(`the sink took ${now} of ${messages}`);
    },
  };
}
