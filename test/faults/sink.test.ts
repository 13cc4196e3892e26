// The mail server of the faults is itself to be trusted: it understands every flight, and its ledger says what it kept.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { Plan } from './sink/plan.ts';
import { startSink } from './sink/start.ts';

/** Says everything, in these pieces, and hears until the line ends. */
async function talk(t: TestContext, plan: Partial<Plan>, pieces: readonly string[]) {
  const sink = await startSink(plan);
  t.after(() => sink.stop());
  const socket = connect({ port: sink.port, host: '127.0.0.1', noDelay: true });
  const closed = once(socket, 'close');
  let heard = '';
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  for (const piece of pieces) await new Promise((resolve) => void socket.write(piece, 'latin1', resolve));
  await closed;
  return {
    codes: [...heard.matchAll(/^(\d{3}) /gm)].map((found) => Number(found[1])),
    seen: await sink.seen(),
  };
}

const transaction = (id: number, body = 'hi\r\n'): string =>
  `MAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\nMessage-ID: <${id}@x>\r\n\r\n${body}.\r\n`;

test('a whole session in one flight is two messages, each kept under its Message-ID', async (t) => {
  const { codes, seen } = await talk(t, {}, [`EHLO c\r\n${transaction(1)}${transaction(2, '..dot\r\n')}QUIT\r\n`]);
  assert.deepEqual(codes, [220, 250, 250, 250, 354, 250, 250, 250, 354, 250, 221]);
  assert.deepEqual(
    seen.entries.map(({ messageId, kept, said }) => [messageId, kept, said]),
    [
      ['1@x', true, 250],
      ['2@x', true, 250],
    ],
  );
});

test('cut anywhere, octet by octet, the same octets are the same messages', async (t) => {
  const whole = await talk(t, {}, [`EHLO c\r\n${transaction(1)}${transaction(2)}QUIT\r\n`]);
  const cut = await talk(t, {}, [...`EHLO c\r\n${transaction(1)}${transaction(2)}QUIT\r\n`]);
  const facts = ({ seen }: typeof whole) =>
    seen.entries.map(({ messageId, octets, sha256 }) => [messageId, octets, sha256]);
  assert.deepEqual(facts(cut), facts(whole));
  assert.deepEqual(cut.codes, whole.codes);
});

test('BDAT takes octets by count, and what follows LAST in the same flight is a command', async (t) => {
  const content = 'Message-ID: <3@x>\r\n\r\n.\r\nstill content';
  const chunks = `BDAT 10\r\n${content.slice(0, 10)}BDAT ${content.length - 10} LAST\r\n${content.slice(10)}`;
  const flight = `EHLO c\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\n${chunks}${transaction(4)}QUIT\r\n`;
  const { codes, seen } = await talk(t, {}, [flight]);
  assert.deepEqual(codes, [220, 250, 250, 250, 250, 250, 250, 250, 354, 250, 221]);
  assert.deepEqual(
    seen.entries.map(({ messageId, octets }) => [messageId, octets]),
    [
      ['3@x', content.length],
      ['4@x', 25],
    ],
  );
});

test('a rule meets the message it is for, once, and the ledger says what was said and what was kept', async (t) => {
  const rules: Plan['rules'] = [{ at: 'dot', times: [1, 1], do: { say: '554 5.6.0 no' } }];
  const { seen } = await talk(t, { rules }, [`EHLO c\r\n${transaction(1)}${transaction(2)}QUIT\r\n`]);
  assert.deepEqual(
    seen.entries.map(({ said, kept }) => [said, kept]),
    [
      [554, false],
      [250, true],
    ],
  );
});

test('a line cut after the dot may leave a copy behind', async (t) => {
  const rules: Plan['rules'] = [{ at: 'dot', do: { close: 'fin', keep: true } }];
  const { codes, seen } = await talk(t, { rules }, [`EHLO c\r\n${transaction(1)}`]);
  assert.equal(codes.at(-1), 354);
  assert.deepEqual(
    seen.entries.map(({ said, kept }) => [said, kept]),
    [[null, true]],
  );
});

test('a rule in the middle of a content is kept to, by DATA and by BDAT', async (t) => {
  const rules: Plan['rules'] = [{ at: 'content', do: { share: 0.5, close: 'fin' } }];
  const start = 'EHLO c\r\nMAIL FROM:<a@x.example> SIZE=1000\r\nRCPT TO:<b@x.example>\r\n';
  const content = `${'x'.repeat(98)}\r\n`.repeat(10);
  for (const flight of [`${start}DATA\r\n${content}.\r\n`, `${start}BDAT 1000 LAST\r\n${content}`]) {
    const { codes, seen } = await talk(t, { rules }, [flight]);
    assert.equal(codes.at(-1), flight.includes('DATA') ? 354 : 250);
    assert.deepEqual(seen.entries, []);
  }
});

test('a BDAT without a recipient is no message, and its octets are no commands', async (t) => {
  const flight = `EHLO c\r\nMAIL FROM:<a@x.example>\r\nBDAT 6 LAST\r\nQUIT\r\n${transaction(5)}QUIT\r\n`;
  const { codes, seen } = await talk(t, {}, [flight]);
  assert.deepEqual(codes, [220, 250, 250, 503, 250, 250, 354, 250, 221]);
  assert.deepEqual(
    seen.entries.map(({ messageId }) => messageId),
    ['5@x'],
  );
});
