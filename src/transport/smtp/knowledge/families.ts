// Whose words a transport hears: by its preset, else by its host.
import { exchange } from './exchange.ts';
import { general } from './general.ts';
import { google } from './google.ts';
import { microsoft } from './microsoft.ts';
import { iis, mailgun, postmark, sendgrid, smtp2go } from './others.ts';
import type { ReplyRule } from './rule.ts';
import { ses } from './ses.ts';

/** Where a reply comes from: the transport that heard it. */
export interface Origin {
  /** As the settings call it, for the words. */
  name?: string;
  preset: string | null;
  host: string;
}

export const familyNames = [
  'microsoft',
  'google',
  'ses',
  'exchange',
  'sendgrid',
  'mailgun',
  'postmark',
  'smtp2go',
  'iis',
] as const;
export type Family = (typeof familyNames)[number];

const families: Readonly<Record<Family, readonly ReplyRule[]>> = {
  microsoft,
  google,
  ses,
  exchange,
  sendgrid,
  mailgun,
  postmark,
  smtp2go,
  iis,
};

const ofPreset: Readonly<Record<string, Family>> = {
  office365: 'microsoft',
  'microsoft365-connector': 'microsoft',
  'google-relay': 'google',
  'google-mailbox': 'google',
  ses: 'ses',
  sendgrid: 'sendgrid',
  mailgun: 'mailgun',
  postmark: 'postmark',
  smtp2go: 'smtp2go',
  'exchange-relay': 'exchange',
  'exchange-client': 'exchange',
  iis: 'iis',
};

const ofHost: readonly (readonly [host: RegExp, family: Family])[] = [
  [/(?:^|\.)(?:office365|outlook)\.com$/i, 'microsoft'],
  [/(?:^|\.)(?:gmail|google)\.com$/i, 'google'],
  [/^email-smtp\..+\.amazonaws\.com$/i, 'ses'],
  [/(?:^|\.)sendgrid\.net$/i, 'sendgrid'],
  [/(?:^|\.)mailgun\.org$/i, 'mailgun'],
  [/(?:^|\.)postmarkapp\.com$/i, 'postmark'],
  [/(?:^|\.)smtp2go\.com$/i, 'smtp2go'],
];

/** Null where it is not known who answers. */
export function familyOf({ preset, host }: Origin): Family | null {
  const own = preset === null ? undefined : ofPreset[preset];
  return own ?? ofHost.find(([known]) => known.test(host))?.[1] ?? null;
}

export const rulesOf = (family: Family): readonly ReplyRule[] => families[family];

/**
 * Where nobody knows who answers (no preset, a tunnel, a relay that hands answers on). Other rules of a provider do not count
 * there: the same codes mean different things elsewhere.
 */
const unmistakable = familyNames.flatMap((name) => rulesOf(name).filter((rule) => rule.unmistakable));

/** In the order in which they are asked. */
export function rulesFor(origin: Origin): readonly ReplyRule[] {
  const family = familyOf(origin);
  return [...(family === null ? unmistakable : rulesOf(family)), ...general];
}
