// From settings to transports: what the transports of one process share is kept here. Loaded only by commands that send or test.
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { SecretKey } from '../config/secret-key.ts';
import { passwordName, readSecret, secretName } from '../config/secret-source.ts';
import type { WayOut } from '../dispatch/lane.ts';
import type {
  GraphSettings,
  OAuthSettings,
  OutlookSettings,
  SecretSource,
  Settings,
  TransportSettings,
} from '../message/settings.ts';
import type { Transport } from '../message/transport.ts';
import { sweepWorkFolder } from '../transport/driver/owner.ts';
import { createDriverTransport } from '../transport/driver/transport.ts';
import { openSlots, type Slots } from '../transport/graph/slots.ts';
import { createGraphTransport } from '../transport/graph/transport.ts';
import { openGrant } from '../transport/oauth/open-grant.ts';
import { type LoginTokens, shareTokens } from '../transport/oauth/token-source.ts';
import { createOutlookFileTransport } from '../transport/outlook/by-file.ts';
import { createOutlookGraphTransport } from '../transport/outlook/by-graph.ts';
import { createOutlookImapTransport } from '../transport/outlook/by-imap.ts';
import { debugLimits, openDebugFile } from '../transport/smtp/debug-file.ts';
import type { DebugSink } from '../transport/smtp/transcript.ts';
import { createSmtpTransport } from '../transport/smtp/transport.ts';

export interface TransportParts {
  /** Path of the data folder. */
  data: string;
  key: SecretKey;
}

/** The one way from settings to a transport. Things that are shared by the transports of a process are kept here. */
export function transportMaker({ data, key }: TransportParts): (settings: TransportSettings) => Transport {
  // One process writes one SYCEML.DBG, whichever of its transports speaks.
  let debug: DebugSink | null = null;
  const debugFile = () =>
    (debug ??= openDebugFile(join(data, 'SYCEML.DBG'), debugLimits, Date.now, (text) =>
      process.stderr.write(`${text}\n`),
    ));
  const tokensFor = shareTokens(Date.now);
  /** The tokens of a mailbox; shared with every transport of the same identity. */
  const tokensOf = (name: string, user: string, oauth: OAuthSettings, purpose: 'mail' | 'graph'): LoginTokens => {
    const secret = (source: SecretSource, under: string): Promise<string> =>
      readSecret(source, key, secretName(name, ['oauth', under]));
    return tokensFor(() => openGrant(oauth, { user, purpose, secret, now: Date.now }));
  };
  const passwordOf = (name: string, password: SecretSource | null) => (): Promise<string | null> =>
    password === null ? Promise.resolve(null) : readSecret(password, key, passwordName(name));

  // Microsoft counts the requests of a mailbox, whichever transport makes them.
  const slots = new Map<string, Slots>();
  const slotsOf = (user: string): Slots => {
    const known = slots.get(user.toLowerCase()) ?? openSlots();
    slots.set(user.toLowerCase(), known);
    return known;
  };
  const graphParts = ({ name, oauth, user }: Pick<GraphSettings, 'name' | 'oauth' | 'user'>) => ({
    tokens: tokensOf(name, user, oauth, 'graph'),
    slots: slotsOf(user),
  });

  const outlookOf = (settings: OutlookSettings): Transport => {
    if (settings.by === 'file') return createOutlookFileTransport(settings);
    if (settings.by === 'graph') return createOutlookGraphTransport(settings, graphParts(settings));
    const { name, password, oauth, user } = settings;
    return createOutlookImapTransport(settings, {
      password: passwordOf(name, password),
      tokens: oauth === null ? null : tokensOf(name, user, oauth, 'mail'),
    });
  };

  return function transportOf(settings) {
    switch (settings.kind) {
      case 'driver':
        return createDriverTransport(settings, { workFolder: join(data, 'work') });
      case 'graph':
        return createGraphTransport(settings, graphParts(settings));
      case 'outlook':
        return outlookOf(settings);
      case 'smtp':
        return createSmtpTransport(settings, {
          password: passwordOf(settings.name, settings.password),
          tokens:
            settings.oauth === null || settings.user === null
              ? null
              : tokensOf(settings.name, settings.user, settings.oauth, 'mail'),
          ehloName: hostname(),
          debug: settings.debug ? debugFile() : null,
        });
    }
  };
}

const digestOf = (settings: TransportSettings): string =>
  createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 32);

/** All ways out, for a worker that begins. */
export function waysOutOf(
  { transports }: Settings,
  make: (settings: TransportSettings) => Transport,
  { data }: Pick<TransportParts, 'data'>,
): WayOut[] {
  // What was killed before left the files of its drivers.
  void sweepWorkFolder(join(data, 'work'), Date.now());
  return Object.values(transports).map((settings) => ({
    transport: make(settings),
    limits: settings.limits,
    digest: digestOf(settings),
  }));
}
