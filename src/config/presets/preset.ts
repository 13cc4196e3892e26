// What a preset says of a provider: figures with their date and source, and how well they are known.
import type { TlsMode } from '../../message/settings.ts';

export interface PresetLimits {
  connections?: number;
  perMinute?: number | null;
  perDay?: number | null;
  /** Recipients that one message may have. For people: Outbox sends every message to one. */
  recipients?: number;
  sessionMinutes?: number;
  bytesPerConnection?: number;
  largestMessage?: number;
  window?: number;
}

export interface Preset {
  /** What it is, for people. */
  title: string;
  /** ISO date of the figures. */
  asOf: string;
  /** Where the figures come from; empty where they are what the program usually does. */
  sources: readonly string[];
  /** `documented`: the provider publishes them. `believed`: others report them, or they are a careful choice. */
  known: 'documented' | 'believed';
  /** What of a documented preset is believed only, a sentence each. */
  believed?: readonly string[];
  /** What to know before choosing it. */
  remark: string;
  /** Other words that may stand after `preset:`. */
  aliases?: readonly string[];
  host?: string;
  port?: number;
  tls?: TlsMode;
  /** Other ports of the provider, with the TLS they speak. */
  otherPorts?: Readonly<Record<number, TlsMode>>;
  /** SASL mechanisms that are offered once TLS stands; empty where there is no login. */
  auth: readonly string[];
  /** How the provider knows us: by a login, by the address of the machine, or by either. */
  login: 'password' | 'address' | 'either';
  authInClear?: boolean;
  /** Liquid: how a fax number becomes the To address of the gateway. */
  address?: string;
  messagesPerConnection?: number;
  /** It is known that what it takes as binary is never changed on the way to the customers. */
  binary?: boolean;
  limits?: PresetLimits;
  /** What stands in the example where every account has its own. */
  example?: { host?: string; user?: string; ehlo?: string };
}
