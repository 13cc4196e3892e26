// One token for each identity, shared by all its connections: fetched once at a time, renewed early, and not asked for in vain.
import type { Grant, Granted } from './grant.ts';
import { TokenFault } from './token-fault.ts';

export interface TokenSource {
  /**
   * A token that is good for some minutes more.
   * @throws TokenFault, or OBX004 when a secret can not be read
   */
  token(): Promise<string>;
  /** The server refused this very token: the next `token()` fetches another one, once. */
  refused(token: string): void;
}

/** What a login has to know besides. */
export interface LoginTokens extends TokenSource {
  /** The server let this token in. */
  accepted(token: string): void;
  /** True once it was let in: refused now, it has only run out, and a new one is worth a try. */
  wasAccepted(token: string): boolean;
  /** Whose token, and how long it is good; for people. */
  describe(): string;
}

/** A token with less left than this is renewed; one that lives shortly, in its last quarter. */
const marginMs = 5 * 60_000;
/** When it can not be renewed for the moment, it is used as long as this is left. */
const leastLeftMs = 30_000;
/** A replacement that is refused too is not replaced again for so long: something else is wrong. */
const replacementMs = 60_000;
/** A refusal is answered from memory for so long: several transports with one identity ask once. */
const failureMs = 10_000;

interface Held extends Granted {
  fetchedAt: number;
  isAccepted: boolean;
  isReplacement: boolean;
}

interface Failure {
  error: unknown;
  until: number;
}

/** All that is known of one identity with one proof. */
interface Shared {
  held: Held | null;
  refreshToken: string | null;
  wantsReplacement: boolean;
  fetching: Promise<string> | null;
  failure: Failure | null;
}

const leftMs = (held: Held, now: number): number => held.fetchedAt + held.lifetimeMs - now;
const isGood = (held: Held, now: number): boolean => leftMs(held, now) > Math.min(marginMs, held.lifetimeMs / 4);

async function renew(shared: Shared, grant: Grant, now: () => number): Promise<string> {
  const old = shared.wantsReplacement ? null : shared.held;
  try {
    const granted = await grant.fetch(shared.refreshToken);
    shared.refreshToken = granted.refreshToken ?? shared.refreshToken;
    shared.held = { ...granted, fetchedAt: now(), isAccepted: false, isReplacement: shared.wantsReplacement };
    shared.wantsReplacement = false;
    shared.failure = null;
    return granted.token;
  } catch (error) {
    const pause = (error instanceof TokenFault ? error.retryAfterMs : null) ?? failureMs;
    shared.failure = { error, until: now() + pause };
    return lastResort(old, error, now());
  }
}

/** @throws the error, unless there is still a token and only the way to a new one is blocked */
function lastResort(held: Held | null, error: unknown, now: number): string {
  const isForNow = error instanceof TokenFault && error.fault === 'connect';
  if (held && isForNow && leftMs(held, now) > leastLeftMs) return held.token;
  throw error;
}

function tokenOf(shared: Shared, grant: Grant, now: () => number): Promise<string> | string {
  const { held, failure, wantsReplacement } = shared;
  if (held && !wantsReplacement && isGood(held, now())) return held.token;
  if (failure && failure.until > now()) return lastResort(wantsReplacement ? null : held, failure.error, now());
  shared.fetching ??= renew(shared, grant, now).finally(() => {
    shared.fetching = null;
  });
  return shared.fetching;
}

function refuse(shared: Shared, token: string, now: number): void {
  const { held } = shared;
  if (held?.token !== token) return;
  const isFresh = held.isReplacement && !held.isAccepted && now - held.fetchedAt < replacementMs;
  if (!isFresh) shared.wantsReplacement = true;
}

const minutes = (ms: number): string =>
  ms >= 90_000 ? `${Math.round(ms / 60_000)} minutes` : `${Math.round(ms / 1_000)} s`;

/**
 * The tokens of one process.
 * @returns for each user of an identity: `read` gives the grant with its proof as it is now, so that a new secret is a new token
 */
export function shareTokens(now: () => number): (read: () => Promise<Grant>) => LoginTokens {
  const known = new Map<string, Shared>();
  const sharedOf = (grant: Grant): Shared => {
    const there = known.get(grant.key) ?? {
      held: null,
      refreshToken: null,
      wantsReplacement: false,
      fetching: null,
      failure: null,
    };
    known.set(grant.key, there);
    return there;
  };
  return (read) => {
    let last: { grant: Grant; shared: Shared } | null = null;
    const held = (token: string): Held | null => (last?.shared.held?.token === token ? last.shared.held : null);
    return {
      async token() {
        const grant = await read();
        const shared = sharedOf(grant);
        last = { grant, shared };
        return tokenOf(shared, grant, now);
      },
      refused(token) {
        if (last) refuse(last.shared, token, now());
      },
      accepted(token) {
        const there = held(token);
        if (there) there.isAccepted = true;
      },
      wasAccepted: (token) => held(token)?.isAccepted ?? false,
      describe() {
        if (!last?.shared.held) return 'No token yet.';
        return `Token for ${last.grant.who}, good for ${minutes(leftMs(last.shared.held, now()))}.`;
      },
    };
  };
}
