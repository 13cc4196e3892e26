// Fills in what was not written: from the preset first, then the defaults.
import type {
  Company,
  DocumentType,
  DriverSettings,
  Limits,
  OAuthSettings,
  Rule,
  SecretSource,
  SmtpLimits,
  SmtpSettings,
  TlsMode,
} from '../message/settings.ts';
import { splitDebug, tidyFingerprint } from './field-rules.ts';
import { findPreset } from './presets.ts';
import type { Preset } from './presets/preset.ts';
import type { RawCompany, RawDocumentType, RawDriver, RawOAuth, RawRule, RawSmtp } from './schema.ts';
import { isSecretSource } from './secret-form.ts';

export const fillCompany = (raw: RawCompany): Company => ({
  code: raw.code,
  name: raw.name,
  email: raw.email,
  fax: raw.fax ?? null,
  country: (raw.country ?? 'US').toUpperCase(),
  timeZone: raw.timeZone ?? 'UTC',
  note: { email: raw.note?.email ?? null, fax: raw.note?.fax ?? null },
  deliver: raw.deliver ?? ['email', 'fax'],
});

/** A name inside a template must not be read as a template. */
const literal = (name: string): string => name.replace(/[{}]/g, '');

export function fillDocumentType(code: string, raw: RawDocumentType): DocumentType {
  const name = raw.name ?? code;
  const { email, fax } = raw;
  return {
    code,
    name,
    fileName: raw.fileName ?? `${literal(name)} {{ document.number }}.pdf`,
    grouping: raw.grouping ?? 'each',
    deliver: raw.deliver ?? null,
    hold: raw.hold ?? false,
    uncertain: raw.uncertain ?? 'hold',
    email: {
      subject: email?.subject ?? `${literal(name)} {{ document.number }} from {{ company.name }}`,
      note: email?.note ?? '',
      transport: email?.transport ?? null,
      from: email?.from ?? null,
      replyTo: email?.replyTo ?? null,
    },
    fax: {
      subject: fax?.subject ?? `${literal(name)} {{ document.number }}`,
      note: fax?.note ?? '',
      transport: fax?.transport ?? null,
      cover: fax?.cover ?? 'when-note',
    },
  };
}

type RawLimits = NonNullable<RawDriver['limits']>;

/** null is a word of its own: no limit, whatever the preset says. */
const chosen = (written: number | null | undefined, preset: number | null | undefined): number | null =>
  written === undefined ? (preset ?? null) : written;

export const fillLimits = (raw: RawLimits | undefined, preset: Preset['limits'], connections: number): Limits => ({
  connections: raw?.connections ?? preset?.connections ?? connections,
  perMinute: chosen(raw?.perMinute, preset?.perMinute),
  perDay: chosen(raw?.perDay, preset?.perDay),
});

const fillSmtpLimits = (raw: RawSmtp['limits'], preset: Preset['limits']): SmtpLimits => ({
  ...fillLimits(raw, preset, 5),
  sessionMinutes: chosen(raw?.sessionMinutes, preset?.sessionMinutes),
  bytesPerConnection: chosen(raw?.bytesPerConnection, preset?.bytesPerConnection),
  largestMessage: chosen(raw?.largestMessage, preset?.largestMessage),
  window: raw?.window ?? preset?.window ?? 1,
});

/** Port 465 is TLS from the first byte (RFC 8314); everywhere else nothing goes in clear unless somebody says so. */
function fillTls({ tls, port }: RawSmtp, preset: Preset | undefined): TlsMode {
  if (tls !== undefined) return tls;
  if (port === 465) return 'implicit';
  const isOther = port !== undefined && port !== preset?.port;
  return (isOther ? preset?.otherPorts?.[port] : undefined) ?? preset?.tls ?? 'required';
}

const portOf: Record<TlsMode, number> = { required: 587, implicit: 465, opportunistic: 25, none: 25 };

function fillPort(raw: RawSmtp, preset: Preset | undefined, tls: TlsMode): number {
  if (raw.port !== undefined) return raw.port;
  return preset?.port !== undefined && (preset.tls ?? tls) === tls ? preset.port : portOf[tls];
}

const clearTls = (tls: TlsMode): boolean => tls === 'none' || tls === 'opportunistic';

export const sourceOf = (written: unknown): SecretSource | null => (isSecretSource(written) ? written : null);

/** A secret that is still in clear is a fault of its own, and nobody uses what stands in for it. */
const notSealed: SecretSource = { sealed: '' };

export function fillOAuth(raw: RawOAuth): OAuthSettings {
  if (raw.kind === 'google') return { kind: 'google', key: raw.key, tokenUrl: raw.tokenUrl ?? null };
  const shared = { client: raw.client, secret: sourceOf(raw.secret), scope: raw.scope ?? null };
  if (raw.kind === 'refresh') {
    const { kind, tokenUrl } = raw;
    return { ...shared, kind, tokenUrl, refreshToken: sourceOf(raw.refreshToken) ?? notSealed };
  }
  const { kind, tenant, certificate = null, tokenUrl = null } = raw;
  return { ...shared, kind, tenant, certificate, tokenUrl };
}

export function fillSmtp(name: string, raw: RawSmtp): SmtpSettings {
  const found = raw.preset ? findPreset(raw.preset) : null;
  const preset = found?.preset;
  const tls = fillTls(raw, preset);
  return {
    kind: 'smtp',
    name,
    preset: found?.name ?? raw.preset ?? null,
    ...splitDebug(raw.host ?? preset?.host ?? ''),
    port: fillPort(raw, preset, tls),
    tls,
    user: raw.user ?? null,
    password: sourceOf(raw.password),
    oauth: raw.oauth ? fillOAuth(raw.oauth) : null,
    authInClear: raw.authInClear ?? (clearTls(tls) && (preset?.authInClear ?? false)),
    ca: raw.ca ?? null,
    fingerprint: raw.fingerprint ? tidyFingerprint(raw.fingerprint) : null,
    minTls: raw.minTls ?? '1.2',
    ehlo: raw.ehlo ?? null,
    sender: raw.sender ?? null,
    address: raw.address === undefined ? (preset?.address ?? null) : raw.address,
    messagesPerConnection: raw.messagesPerConnection ?? preset?.messagesPerConnection ?? 100,
    binary: raw.binary ?? preset?.binary ?? false,
    avoid: raw.avoid ?? [],
    limits: fillSmtpLimits(raw.limits, preset?.limits),
  };
}

/** One at a time unless the person says more: old drivers were never started twice at once. */
export const fillDriver = (name: string, raw: RawDriver): DriverSettings => ({
  kind: 'driver',
  name,
  command: raw.command,
  arguments: raw.arguments ?? [],
  timeout: raw.timeout ?? 300,
  limits: fillLimits(raw.limits, undefined, 1),
});

export const fillRule = (raw: RawRule): Rule => ({ class: raw.class ?? null, deliver: raw.deliver });
