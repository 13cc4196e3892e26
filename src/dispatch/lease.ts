// How long what a worker has claimed is its own: by the monotonic clock, which no correction of the time moves.

/** A claim lasts so long in the store, unless it is renewed. */
export const leaseMs = 120_000;
export const renewMs = 20_000;
/** A transport goes to another worker when its owner was silent for so long. */
export const ownerMs = 60_000;
/** From here on it is not certain any more that nobody else has it: the store's clock and ours run apart, and writing takes time. */
const sureMs = 90_000;

export interface LeaseWatch {
  /** @param since when a message was claimed, by `performance.now()` */
  isSure(since: number): boolean;
  /** All leases were renewed; the renewal was asked for at this time. */
  renewed(askedAt: number): void;
  /** Renewals have failed for so long that nothing is certain any more. */
  isLost(): boolean;
}

/** @param clock the monotonic one, ms */
export function watchLeases(clock: () => number): LeaseWatch {
  let renewedAt = clock();
  return {
    isSure: (since) => clock() - Math.max(since, renewedAt) < sureMs,
    renewed: (askedAt) => void (renewedAt = askedAt),
    isLost: () => clock() - renewedAt >= sureMs,
  };
}

/** Where one worker has the whole store by a lock of the system, a lease can not be lost by time. */
export const lockedLeases: LeaseWatch = { isSure: () => true, renewed: () => {}, isLost: () => false };
