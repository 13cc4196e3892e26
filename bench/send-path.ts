// The sending path on loopback without storage: composed, sent, answered; plain and TLS; against nodemailer's pool and smtp-source.
import { makeCertificates } from '../test/support/certificates.ts';
import { openFolder, type Scope } from '../test/support/daemon.ts';
import { interleave, type Measured, rateOf, rounded } from './support/figures.ts';
import type { Load } from './support/load.ts';
import type { Options } from './support/options.ts';
import { type PeerName, runPeer } from './support/peers.ts';
import { compareCpu, compareRates, type Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { startSink, type Sink } from './support/sink.ts';
import { kilobytes, sizes } from './support/sizes.ts';
import { isThere, smtpSource } from './support/programs.ts';
import { runSmtpSource, writeMessage } from './support/smtp-source.ts';

/** nodemailer is given fewer, so that each takes about a second or two. */
const timesSlower = 6;
const messagesOf: Record<number, number> = { [sizes.small]: 12_000, [sizes.usual]: 8_000, [sizes.large]: 600 };

/** Goals are set for ten connections without TLS; the others hold to the floor. */
const goalsOf: Record<number, { goal: number; floor: number }> = {
  [sizes.small]: { goal: 15, floor: 8 },
  [sizes.usual]: { goal: 15, floor: 8 },
  [sizes.large]: { goal: 8, floor: 8 },
};

interface Case {
  bytes: number;
  connections: number;
  tls: boolean;
  /** Message for smtp-source. */
  file: string;
}

interface Place {
  sink: Sink;
  ca: string;
}

async function measure(one: Case, { sink, ca }: Place, { rounds, documents }: Options): Promise<Result[]> {
  const { bytes, connections, tls, file } = one;
  const messages = documents ?? messagesOf[bytes]!;
  const server = { host: '127.0.0.1', port: sink.port, tls, connections, ca };
  const what = `send ${kilobytes(bytes)}, ${connections} connection${connections === 1 ? '' : 's'}${tls ? ', TLS' : ''}`;
  console.error(what);
  const counted = async (expected: number, run: () => Promise<Measured>): Promise<Measured> => {
    await sink.begin();
    const measured = await run();
    await sink.check(expected);
    return measured;
  };
  const peer = (name: PeerName, count: number) => () => {
    const load: Load = { bytes, messages: count, warmUp: Math.ceil(count / 4), server };
    return counted(load.messages + load.warmUp, () => runPeer(name, load));
  };
  const source = () =>
    counted(messages, () => runSmtpSource({ port: sink.port, sessions: connections, messages, bytes, file }));
  const hasSource = !tls && isThere(smtpSource);
  const runs = await interleave(rounds, {
    outbox: peer('outbox', messages),
    nodemailer: peer('nodemailer', Math.ceil(messages / timesSlower)),
    ...(hasSource ? { 'smtp-source': source } : {}),
  });
  const { outbox, nodemailer } = runs as { outbox: Measured[]; nodemailer: Measured[] };
  const isMain = connections > 1 && !tls;
  const { goal, floor } = goalsOf[bytes]!;
  const limits = { goal: isMain ? goal : floor, floor };
  const compared = { what, outbox, peer: 'nodemailer', against: nodemailer };
  const results = [compareRates({ ...compared, ...limits })];
  if (isMain && bytes === sizes.usual) results.push(compareCpu({ ...compared, goal: 15, floor: 12 }));
  if (hasSource) {
    const against = runs['smtp-source']!;
    results.push(compareRates({ what, outbox, peer: 'smtp-source', against, goal: isMain ? 0.8 : 0.6, floor: 0.6 }));
  }
  return results;
}

/** What the sink can take at most: two smtp-sources at once. */
async function ceiling(sink: Sink, folder: string): Promise<void> {
  if (!isThere(smtpSource)) return;
  const messages = 20_000;
  const file = await writeMessage(folder, sizes.usual);
  const wish = { port: sink.port, sessions: 10, messages, bytes: sizes.usual };
  const whole = await runSmtpSource({ ...wish, file });
  const lines = await runSmtpSource(wish);
  console.error(
    `the sink takes at least ${rounded(rateOf([whole]))}/s of 60 KB from smtp-source -F, ${rounded(rateOf([lines]))}/s from smtp-source -l`,
  );
}

async function all(scope: Scope, options: Options): Promise<Result[]> {
  const folder = await openFolder(scope);
  const certificates = makeCertificates(folder, 'DNS:localhost,IP:127.0.0.1');
  const sink = await startSink(scope, { certificates });
  await ceiling(sink, folder);
  const results: Result[] = [];
  for (const bytes of Object.values(sizes)) {
    const file = await writeMessage(folder, bytes);
    for (const tls of [false, true]) {
      for (const connections of [10, 1]) {
        results.push(...(await measure({ bytes, connections, tls, file }, { sink, ca: certificates.ca }, options)));
      }
    }
  }
  return results;
}

export const sendPath = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
