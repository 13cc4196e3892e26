// How long to wait after tries to sign in that failed, by account and by address of the network. Pure but for the store that counts.
import { OutboxError } from '../message/errors.ts';
import type { Tries } from '../store/login-tries.ts';
import type { Store } from '../store/store.ts';

const firstWaitMs = 30_000;
const longestWaitMs = 15 * 60_000;
/** After so long without a try all is forgotten. */
const forgottenAfterMs = 24 * 3_600_000;

/** So many are free: people mistype; behind one address there may be an office. */
const free = { account: 5, address: 30 };

/** Doubled with each failure beyond the free ones. */
const waitAfter =
  (freeTries: number) =>
  ({ failures }: Tries): number =>
    failures < freeTries ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - freeTries, 10));

/**
 * Counts a try before the password is looked at.
 * @throws OBX234 when it comes too early
 */
export async function countTry(store: Store, name: string, address: string, now: number): Promise<void> {
  await store.loginTries.sweep(now - forgottenAfterMs);
  for (const [subject, tries] of [
    [`address ${address}`, free.address],
    [`account ${name}`, free.account],
  ] as const) {
    const left = await store.loginTries.count(subject, now, waitAfter(tries));
    if (left > 0) throw new OutboxError('OBX234', { seconds: Math.ceil(left / 1000) });
  }
}

export const forgetTries = (store: Store, name: string): Promise<void> => store.loginTries.forget([`account ${name}`]);
