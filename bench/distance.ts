// Over distance: 20 and 80 ms round trip, one connection, plain and STARTTLS, to the fast sink, to a real Postfix and a real Exim;
// one message in flight, and up to four where that is found to be quicker.
import { chmod } from 'node:fs/promises';
import { makeCertificates, type Certificates } from '../test/support/certificates.ts';
import { freePort, openFolder, type Scope } from '../test/support/daemon.ts';
import { eximProgram, startExim } from '../test/support/exim.ts';
import { startPostfix } from '../test/support/postfix.ts';
import { type Link, openLink } from './support/distance-link.ts';
import { interleave, type Measured } from './support/figures.ts';
import type { Load } from './support/load.ts';
import type { Options } from './support/options.ts';
import { type PeerName, runPeer } from './support/peers.ts';
import { isRoot, isThere, NotPossible, postfixProgram } from './support/programs.ts';
import { compareRates, type Result } from './support/result.ts';
import { inScope } from './support/scope.ts';
import { type Sink, startSink } from './support/sink.ts';
import { sizes } from './support/sizes.ts';

const roundTrips = [20, 80];
/** A run takes a few seconds at either distance. */
const messagesUsual = 2_000;
/** The window of TCP must have grown. */
const warmUp = 6;
const window = 4;
/** With a window both ways are tried before one is kept. */
const windowWarmUp = 80;

interface Receiver {
  name: string;
  port: number;
  /** Where what it took is counted in the end. */
  sink: Sink;
  goal: number;
  windowGoal: number;
}

/** Each hands on to a sink, which counts. */
async function receivers(scope: Scope, { address }: Link, certificates: Certificates): Promise<Receiver[]> {
  const direct = await startSink(scope, { address, certificates });
  const found: Receiver[] = [{ name: 'a sink', port: direct.port, sink: direct, goal: 1.85, windowGoal: 7 }];
  const counter = await startSink(scope);
  const nextHop = counter.port;
  if (isThere(postfixProgram)) {
    const port = await freePort();
    await startPostfix(scope, { port, address, nextHop, certificates, mynetworks: '127.0.0.0/8 198.18.87.0/30' });
    found.push({ name: 'Postfix', port, sink: counter, goal: 1.7, windowGoal: 3 });
  }
  if (isThere(eximProgram)) {
    const port = await freePort();
    await startExim(scope, { port, address, nextHop, certificates });
    found.push({ name: 'Exim', port, sink: counter, goal: 1.7, windowGoal: 3 });
  }
  return found;
}

interface Case {
  roundTripMs: number;
  tls: boolean;
  link: Link;
  ca: string;
}

async function measure(receiver: Receiver, one: Case, { rounds, documents }: Options): Promise<Result[]> {
  const { roundTripMs, tls, link, ca } = one;
  const { name, port, sink, goal, windowGoal } = receiver;
  const messages = documents ?? messagesUsual / roundTripMs;
  const server = { host: link.address, port, tls, connections: 1, ca };
  const load = { bytes: sizes.usual, messages, warmUp, server };
  const what = `${roundTripMs} ms to ${name}${tls ? ', STARTTLS' : ''}, 1 connection`;
  console.error(what);
  // As long a run as the others.
  const wide: Load = {
    ...load,
    messages: messages * window,
    warmUp: windowWarmUp,
    server: { ...server, window },
  };
  const peer = (who: PeerName, its: Load) => async (): Promise<Measured> => {
    await sink.begin();
    const measured = await runPeer(who, its, link.before);
    await sink.has(its.messages + its.warmUp);
    await sink.check(its.messages + its.warmUp);
    return measured;
  };
  const runs = await interleave(rounds, {
    outbox: peer('outbox', load),
    [`outbox, window ${window}`]: peer('outbox', wide),
    nodemailer: peer('nodemailer', load),
  });
  const [alone, widely, against] = Object.values(runs) as [Measured[], Measured[], Measured[]];
  const both = { peer: 'nodemailer', against };
  return [
    compareRates({ ...both, what, outbox: alone, goal }),
    compareRates({ ...both, what: `${what}, window ${window}`, outbox: widely, goal: windowGoal }),
  ];
}

async function atDistance(scope: Scope, roundTripMs: number, options: Options): Promise<Result[]> {
  const link = await openLink(scope, roundTripMs);
  const folder = await openFolder(scope);
  const certificates = makeCertificates(folder, `DNS:localhost,IP:127.0.0.1,IP:${link.address}`);
  // Exim reads it after it has given up its rights.
  await chmod(certificates.key, 0o644);
  const results: Result[] = [];
  for (const receiver of await receivers(scope, link, certificates)) {
    for (const tls of [false, true]) {
      results.push(...(await measure(receiver, { roundTripMs, tls, link, ca: certificates.ca }, options)));
    }
  }
  return results;
}

/** @throws NotPossible for anybody but root */
export async function distance(options: Options): Promise<Result[]> {
  if (!isRoot()) throw new NotPossible('only root can make network namespaces and their delay');
  const results: Result[] = [];
  for (const roundTripMs of roundTrips) {
    results.push(...(await inScope((scope) => atDistance(scope, roundTripMs, options))));
  }
  return results;
}
