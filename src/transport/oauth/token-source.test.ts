// Promises of the shared tokens: one question at a time, renewed early, a refused one replaced once, nothing asked in vain.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Grant, Granted } from './grant.ts';
import { TokenFault } from './token-fault.ts';
import { type LoginTokens, shareTokens } from './token-source.ts';

const minuteMs = 60_000;

/** A clock that is set by hand, and a grant whose answers the test gives. */
function stage(answer: (asked: number, refreshToken: string | null) => Promise<Granted> | Granted) {
  const clock = { now: 1_000_000 };
  const seen = { asked: 0, key: 'one' };
  const share = shareTokens(() => clock.now);
  const tokens = (): LoginTokens =>
    share(() =>
      Promise.resolve<Grant>({
        key: seen.key,
        who: 'application A',
        fetch: (refreshToken) => Promise.resolve(answer(++seen.asked, refreshToken)),
      }),
    );
  return { clock, seen, tokens };
}

const hour = (asked: number): Granted => ({ token: `token-${asked}`, lifetimeMs: 60 * minuteMs, refreshToken: null });
const unreachable = (): TokenFault => new TokenFault('connect', 'OBX171', { host: 'h', detail: 'no' });

test('however many connections ask at once, the endpoint is asked once', async () => {
  const { seen, tokens } = stage(hour);
  const [one, other] = [tokens(), tokens()];
  const all = await Promise.all([one.token(), other.token(), one.token(), other.token()]);
  assert.deepEqual([new Set(all).size, seen.asked], [1, 1]);
});

test('a token is renewed before it runs out', async () => {
  const { clock, tokens } = stage(hour);
  const one = tokens();
  assert.equal(await one.token(), 'token-1');
  clock.now += 54 * minuteMs;
  assert.equal(await one.token(), 'token-1');
  clock.now += 2 * minuteMs;
  assert.equal(await one.token(), 'token-2');
});

test('a token that lives shortly is used for three quarters of its time', async () => {
  const { clock, tokens } = stage((asked) => ({ ...hour(asked), lifetimeMs: 8_000 }));
  const one = tokens();
  await one.token();
  clock.now += 5_900;
  assert.equal(await one.token(), 'token-1');
  clock.now += 200;
  assert.equal(await one.token(), 'token-2');
});

test('when the endpoint is down, the old token is used as long as it is good', async () => {
  const { clock, tokens } = stage((asked) => (asked === 1 ? hour(1) : Promise.reject(unreachable())));
  const one = tokens();
  await one.token();
  clock.now += 57 * minuteMs;
  assert.equal(await one.token(), 'token-1');
  assert.equal(await one.token(), 'token-1');
  clock.now += 3 * minuteMs;
  await assert.rejects(one.token(), TokenFault);
});

test('a refused token is replaced once, for all who hold it', async () => {
  const { seen, tokens } = stage(hour);
  const [one, other] = [tokens(), tokens()];
  await Promise.all([one.token(), other.token()]);
  one.refused('token-1');
  assert.equal(await one.token(), 'token-2');
  other.refused('token-1');
  assert.equal(await other.token(), 'token-2');
  one.refused('token-2');
  assert.equal(await one.token(), 'token-2');
  assert.equal(seen.asked, 2);
});

test('a replacement that was let in, or is older than a minute, is replaced again', async () => {
  const { clock, tokens } = stage(hour);
  const one = tokens();
  one.refused(await one.token());
  const second = await one.token();
  one.accepted(second);
  assert.equal(one.wasAccepted(second), true);
  one.refused(second);
  assert.equal(await one.token(), 'token-3');
  clock.now += minuteMs;
  one.refused('token-3');
  assert.equal(await one.token(), 'token-4');
});

test('a refusal is not asked for again and again, and not remembered for long', async () => {
  const wrong = new TokenFault('auth', 'OBX170', { who: 'a', detail: 'b', hint: 'c' });
  const { clock, seen, tokens } = stage((asked) => (asked === 1 ? Promise.reject(wrong) : hour(asked)));
  const [one, other] = [tokens(), tokens()];
  await assert.rejects(one.token(), wrong);
  await assert.rejects(other.token(), wrong);
  assert.equal(seen.asked, 1);
  clock.now += 10_001;
  assert.equal(await other.token(), 'token-2');
});

test('the pause that the endpoint asks for is kept', async () => {
  const busy = new TokenFault('connect', 'OBX171', { host: 'h', detail: '429' }, { retryAfterMs: minuteMs });
  const { clock, seen, tokens } = stage(() => Promise.reject(busy));
  const one = tokens();
  await assert.rejects(one.token());
  clock.now += minuteMs - 1;
  await assert.rejects(one.token());
  assert.equal(seen.asked, 1);
});

test('another secret is another token at once, whatever came of the old one', async () => {
  const wrong = new TokenFault('auth', 'OBX170', { who: 'a', detail: 'b', hint: 'c' });
  const { seen, tokens } = stage((asked) => (asked === 1 ? Promise.reject(wrong) : hour(asked)));
  const one = tokens();
  await assert.rejects(one.token());
  seen.key = 'two';
  assert.equal(await one.token(), 'token-2');
});

test('a new refresh token takes the place of the old one', async () => {
  const given: (string | null)[] = [];
  const { tokens } = stage((asked, refreshToken) => {
    given.push(refreshToken);
    return { ...hour(asked), refreshToken: asked === 1 ? 'next' : null };
  });
  const one = tokens();
  one.refused(await one.token());
  await one.token();
  one.accepted('token-2');
  one.refused('token-2');
  await one.token();
  assert.deepEqual(given, [null, 'next', 'next']);
});

test('whose token it is and how long it is good is said in words, without the token', async () => {
  const { tokens } = stage(hour);
  const one = tokens();
  await one.token();
  assert.equal(one.describe(), 'Token for application A, good for 60 minutes.');
});
