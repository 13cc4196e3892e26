// Starts the server: on this machine only unless told otherwise, never in clear beyond it; prints the link for the first administrator.
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { OutboxError, wordsOf } from '../message/errors.ts';
import type { Opened } from '../desk/opened.ts';
import { buildApp, closeApp, type Tls } from './app.ts';
import { openLive } from './live.ts';
import { type ServerParts, usualBounds } from './parts.ts';
import { hashToken, newToken } from './token.ts';
import { sweepUploads } from './upload.ts';

export interface StartOptions {
  /** 0 for any that is free. */
  port: number;
  host: string;
  /** Paths of PEM files. */
  tls: { certificate: string; key: string } | null;
  behindProxy: boolean;
  /** For the person at the console. */
  tell(text: string): void;
  version: string;
}

export interface RunningServer {
  /** "http://127.0.0.1:8025" */
  address: string;
  port: number;
  stop(): Promise<void>;
}

/** From one look to the next, for all who watch. */
const lookMs = 1_000;

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

async function readTls(files: NonNullable<StartOptions['tls']>): Promise<Tls> {
  try {
    return { cert: await readFile(files.certificate), key: await readFile(files.key) };
  } catch (error) {
    throw new OutboxError('OBX241', { detail: wordsOf(error) }, error);
  }
}

const isTlsFault = (error: unknown): boolean => /^ERR_(?:OSSL|SSL|TLS)/.test((error as { code?: string }).code ?? '');

async function listen(parts: ServerParts, tls: Tls | null, { port, host }: StartOptions) {
  const app = await buildApp(parts, tls).catch((error: unknown) => {
    throw isTlsFault(error) ? new OutboxError('OBX241', { detail: wordsOf(error) }, error) : error;
  });
  try {
    await app.listen({ port, host });
  } catch (error) {
    await app.close();
    throw new OutboxError('OBX020', { port, detail: wordsOf(error) }, error);
  }
  return app;
}

/**
 * @throws OBX020 when it can not listen there, OBX240 when passwords would go in clear, OBX241 when the certificate can not be used
 */
export async function startServer(opened: Opened, options: StartOptions): Promise<RunningServer> {
  const { host, tls, behindProxy, tell, version } = options;
  if (!isLoopback(host) && tls === null && !behindProxy) throw new OutboxError('OBX240', { host });
  const live = openLive(opened.store, { everyMs: lookMs, tell });
  const isFirst = !(await opened.store.accounts.isAnyThere());
  const token = isFirst ? newToken() : null;
  const parts: ServerParts = {
    opened,
    now: Date.now,
    tell,
    bounds: usualBounds,
    secure: tls !== null || behindProxy,
    behindProxy,
    isLocal: isLoopback(host) && !behindProxy,
    live,
    setup: { hash: token === null ? null : hashToken(token) },
    checkAnswers: false,
    version,
  };
  await sweepUploads(parts);
  const app = await listen(parts, tls === null ? null : await readTls(tls), options);
  const { port } = app.server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  const address = `${tls === null ? 'http' : 'https'}://${name}:${port}`;
  if (token !== null) tell(`Nobody can sign in yet. Make the first administrator: ${address}/setup#${token}`);
  return {
    address,
    port,
    stop: () => closeApp(app, parts),
  };
}
