// Live events: a snapshot, then every change, numbered; a broken line goes on; one look for all who watch.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLive } from '../../src/server/live.ts';
import { openInstallation, openServer, type TestServer } from '../support/server.ts';

interface Seen {
  id: string;
  event: string;
  data: {
    open?: Record<string, number>;
    name?: string;
    state?: string;
    transports?: { name: string; state: string }[];
  };
}

/** @returns reads until one of the events is as wanted, and gives all of them; then the line is cut */
async function watch(server: TestServer, key: string, after: string | null) {
  const cut = new AbortController();
  const answer = await fetch(`${server.url}/api/events`, {
    headers: { authorization: `Bearer ${key}`, ...(after === null ? {} : { 'last-event-id': after }) },
    signal: cut.signal,
  });
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const seen: Seen[] = [];
  const takeAll = (): void => {
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = new Map(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      text = text.slice(end + 2);
      if (lines.has('data'))
        seen.push({
          id: lines.get('id')!,
          event: lines.get('event')!,
          data: JSON.parse(lines.get('data')!) as Seen['data'],
        });
    }
  };
  return {
    async until(isWanted: (one: Seen) => boolean): Promise<Seen[]> {
      while (!seen.some(isWanted)) {
        const { value, done } = await reader.read();
        if (done) throw new Error('it ended');
        text += value;
        takeAll();
      }
      return seen;
    },
    cut: () => cut.abort(),
  };
}

const isPaused = (one: Seen): boolean => one.event === 'transport' && one.data.state === 'paused';

test('who watches gets a snapshot, and then what changes; behind a broken line nothing is missed or told twice', async (t) => {
  const server = await openServer(t);
  const key = await server.addKey('clerk');
  const client = server.client(key);
  await server.opened.store.transports.state('office');
  const first = await watch(server, key, null);
  const [snapshot] = await first.until(({ event }) => event === 'snapshot');
  assert.deepEqual(
    snapshot!.data.transports!.map(({ name, state }) => [name, state]),
    [['office', 'closed']],
  );
  await client.pauseTransport({ params: { name: 'office' }, body: {} });
  const last = (await first.until(isPaused)).at(-1)!;
  first.cut();

  const other = await watch(server, key, null);
  await other.until(({ event }) => event === 'snapshot');
  await client.resumeTransport({ params: { name: 'office' } });
  await other.until((one) => one.event === 'transport' && one.data.state === 'closed');
  other.cut();

  const again = await watch(server, key, last.id);
  const seen = await again.until((one) => one.event === 'transport');
  assert.deepEqual(
    seen.map(({ event, data }) => [event, data.state]),
    [['transport', 'closed']],
  );
  again.cut();

  const stranger = await watch(server, key, 'another-start-7');
  assert.equal((await stranger.until(() => true))[0]!.event, 'snapshot');
  stranger.cut();
});

test('a document that is sent moves the counts', async (t) => {
  const server = await openServer(t);
  const key = await server.addKey('clerk');
  const line = await watch(server, key, null);
  await line.until(({ event }) => event === 'snapshot');
  const files = [{ name: 'a.txt', bytes: new Uint8Array(Buffer.from('A\n')) }];
  await server.client(key).sendDocument({ form: { type: 'invoice', number: '1', customer: '01-ABF' }, files });
  const seen = await line.until(({ event }) => event === 'counts');
  assert.deepEqual(seen.at(-1)!.data.open, { queued: 1 });
  line.cut();
});

test('however many watch, the database is looked at once for all; and not at all when nobody does', async (t) => {
  const { store } = await openInstallation(t);
  let looks = 0;
  const looked: (() => void)[] = [];
  const counting = {
    ...store,
    pulse: {
      ...store.pulse,
      open: () => {
        looks++;
        for (const tell of looked.splice(0)) tell();
        return store.pulse.open();
      },
    },
  };
  const live = openLive(counting, { everyMs: 60_000, tell: assert.fail });
  t.after(() => live.stop());
  assert.equal(looks, 0);
  const heard = Array.from({ length: 50 }, () => Promise.withResolvers<void>());
  for (const { resolve } of heard) live.listen(null, () => resolve());
  await Promise.all(heard.map(({ promise }) => promise));
  assert.equal(looks, 1);
});
