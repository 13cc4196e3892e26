// Fills in what was not written of a mailbox: Microsoft Graph, and drafts for a person.
import type { GraphSettings, OutlookSettings } from '../message/settings.ts';
import { fillLimits, fillOAuth, sourceOf } from './fill.ts';
import type { RawGraph, RawOutlook } from './schema.ts';

const graphBaseUrl = 'https://graph.microsoft.com/v1.0';

/**
 * A little under what Exchange Online allows a mailbox: 30 messages a minute, 10,000 recipients a day
 * (learn.microsoft.com: Exchange Online limits; state of 2026-11-23).
 */
const graphLimits = { connections: 4, perMinute: 25, perDay: 9000 };

function mailboxOf({ user, oauth, baseUrl }: Pick<RawGraph, 'user' | 'oauth' | 'baseUrl'>) {
  return { user, oauth: fillOAuth(oauth), baseUrl: (baseUrl ?? graphBaseUrl).replace(/\/+$/, '') };
}

export const fillGraph = (name: string, raw: RawGraph): GraphSettings => ({
  kind: 'graph',
  name,
  ...mailboxOf(raw),
  limits: fillLimits(raw.limits, graphLimits, 4),
});

export function fillOutlook(name: string, raw: RawOutlook): OutlookSettings {
  const { kind } = raw;
  if (raw.by === 'file') {
    return { kind, by: 'file', name, folder: raw.folder, limits: fillLimits(raw.limits, undefined, 1) };
  }
  // Nobody counts drafts; they are made one after the other, so that they lie in their order.
  if (raw.by === 'graph') {
    return { kind, by: 'graph', name, ...mailboxOf(raw), limits: fillLimits(raw.limits, undefined, 1) };
  }
  const tls = raw.tls ?? (raw.port === 143 ? 'required' : 'implicit');
  return {
    kind,
    by: 'imap',
    name,
    host: raw.host,
    port: raw.port ?? (tls === 'implicit' ? 993 : 143),
    tls,
    user: raw.user,
    password: sourceOf(raw.password),
    oauth: raw.oauth ? fillOAuth(raw.oauth) : null,
    ca: raw.ca ?? null,
    limits: fillLimits(raw.limits, undefined, 1),
  };
}
