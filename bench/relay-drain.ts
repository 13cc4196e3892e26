// A relay nearby that sends on over distance, as many have one: how fast Postfix drains its queue over 80 ms, against Outbox that
// sends there directly, over as many connections.
import { makeCertificates } from '../test/support/certificates.ts';
import { freePort, openFolder, type Scope } from '../test/support/daemon.ts';
import { startPostfix } from '../test/support/postfix.ts';
import { type Link, openLink } from './support/distance-link.ts';
import { prepareFarSide } from './support/far-side.ts';
import { interleave, type Measured } from './support/figures.ts';
import type { Load } from './support/load.ts';
import type { Options } from './support/options.ts';
import { runPeer } from './support/peers.ts';
import { isRoot, isThere, NotPossible, postfixProgram, smtpSource } from './support/programs.ts';
import { compareRates, type Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { type Sink, startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';
import { runSmtpSource, writeMessage } from './support/smtp-source.ts';

const roundTripMs = 80;
const connections = 4;
/** Of a relay. */
const messagesUsual = 120;
/** Outbox is given more, so that each takes about ten seconds, and how it begins does not rule. */
const timesFaster = 4;

/** With what a Debian has in its main.cf; as many deliveries at once as Outbox has connections, from the first on. */
const plain = ['smtp_tls_security_level = none'];
const startTls = [
  'smtp_tls_security_level = encrypt',
  'smtp_tls_session_cache_database = btree:${data_directory}/smtp_scache',
];
const startTlsReused = [...startTls, 'smtp_tls_connection_reuse = yes'];
const alike = [
  `smtp_destination_concurrency_limit = ${connections}`,
  `initial_destination_concurrency = ${connections}`,
];

interface Place {
  link: Link;
  sink: Sink;
  ca: string;
  /** Message for the relay. */
  file: string;
  /** Of a relay. */
  messages: number;
}

type Peer = () => Promise<Measured>;

const counted =
  (sink: Sink, run: Peer): Peer =>
  async () => {
    await sink.begin();
    const measured = await run();
    await sink.check(measured.messages);
    return measured;
  };

/** From a cold start, as the relay: connecting is part of it. */
function outbox(place: Place, tls: boolean): Peer {
  const { link, sink, ca, messages } = place;
  const server = { host: link.address, port: sink.port, tls, connections, ca };
  const load: Load = { bytes: sizes.usual, messages: messages * timesFaster, warmUp: 0, server };
  return counted(sink, () => runPeer('outbox', load, link.before));
}

/** From the first message that it takes to the last that has come over the distance. Its intake is nearby, and takes no time beside that. */
async function relay(scope: Scope, place: Place, wayOut: readonly string[]): Promise<Peer> {
  const { link, sink, file, messages } = place;
  const port = await freePort();
  const nextHop = { nextHop: sink.port, nextHopAddress: link.address };
  await startPostfix(scope, { port, ...nextHop, wayOut: [...wayOut, ...alike], before: link.before });
  return counted(sink, async () => {
    const from = performance.now();
    const { before } = link;
    await runSmtpSource({ port, sessions: connections, messages, bytes: sizes.usual, file, before });
    console.error(`  taken in after ${((performance.now() - from) / 1_000).toFixed(2)} s`);
    await sink.has(messages);
    return { messages, ms: performance.now() - from, cpuMs: 0, peakMb: 0 };
  });
}

async function measure(scope: Scope, place: Place, rounds: number): Promise<Result[]> {
  const runs = await interleave(rounds, {
    plain: outbox(place, false),
    'Postfix, plain': await relay(scope, place, plain),
    STARTTLS: outbox(place, true),
    'Postfix, STARTTLS': await relay(scope, place, startTls),
    'Postfix, STARTTLS, connections reused': await relay(scope, place, startTlsReused),
  });
  const compared = (name: string, own: string, goal: number): Result => {
    const what = `${name} over ${roundTripMs} ms, ${connections} connections`;
    return compareRates({ what, outbox: runs[own]!, peer: 'a relay', against: runs[name]!, goal });
  };
  return [
    compared('Postfix, plain', 'plain', 3),
    compared('Postfix, STARTTLS', 'STARTTLS', 9),
    compared('Postfix, STARTTLS, connections reused', 'STARTTLS', 4),
  ];
}

async function all(scope: Scope, { rounds, documents }: Options): Promise<Result[]> {
  if (!isRoot() || !isThere(postfixProgram) || !isThere(smtpSource))
    throw new NotPossible('needs Postfix, and root to make network namespaces and their delay');
  const link = await openLink(scope, roundTripMs);
  prepareFarSide(link);
  const folder = await openFolder(scope);
  const certificates = makeCertificates(folder, `DNS:localhost,IP:127.0.0.1,IP:${link.address}`);
  const sink = await startSink(scope, { address: link.address, certificates });
  const file = await writeMessage(folder, sizes.usual);
  const place = { link, sink, file, ca: certificates.ca, messages: documents ?? messagesUsual };
  return measure(scope, place, rounds);
}

/** @throws NotPossible for anybody but root, and without Postfix */
export const relayDrain = (options: Options): Promise<Result[]> => inScope((scope) => all(scope, options));
