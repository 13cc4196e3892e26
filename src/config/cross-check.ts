// What only shows when the settings are put together: names that must exist and fit.
import type { Settings, TransportSettings } from '../message/settings.ts';
import type { FaultAt, Path } from './fault.ts';
import { isFaxNumber } from './listed-customer.ts';
import { isMapping, pathOf, valueAt } from './raw-setting.ts';
import type { RawSetting, Section } from './raw-setting.ts';
import { checkMailbox } from './mailbox-check.ts';
import { nearest, suggest } from './suggest.ts';
import { checkSmtp } from './transport-check.ts';

const byMail = ['email', 'fax'] as const;
type ByMail = (typeof byMail)[number];

/** Why a transport does not fit a channel; null where it does. */
function misfit(transport: TransportSettings, channel: ByMail): { detail: string; hint: string } | null {
  if (transport.kind === 'driver') return null;
  if (transport.kind !== 'smtp') {
    if (channel === 'email') return null;
    return {
      detail: `${transport.name} is a mailbox, no fax gateway`,
      hint: 'name a transport with kind: smtp or driver',
    };
  }
  if (channel === 'fax' && transport.address === null) {
    const hint = `write address under transports.${transport.name}, such as "{{ fax.digits }}@efaxsend.com"`;
    return { detail: `${transport.name} is a mail server, no fax gateway`, hint };
  }
  if (channel === 'email' && transport.address !== null) {
    return { detail: `${transport.name} is a fax gateway`, hint: 'name a transport without address' };
  }
  return null;
}

/** The names of a section, those of faulty entries too: nobody who names them is to blame. */
const namesIn = (raw: readonly RawSetting[], section: Section): string[] =>
  raw.filter((setting) => setting.section === section).map(({ name }) => name);

function checkChannel(type: RawSetting, channel: ByMail, settings: Settings, known: readonly string[]): FaultAt[] {
  const name = valueAt(type.value, [channel, 'transport']);
  if (typeof name !== 'string') return [];
  const path = [...pathOf(type), channel, 'transport'];
  if (!known.includes(name)) {
    const hint = known.length === 0 ? 'write it under transports' : suggest(name, known);
    return [{ path, detail: `there is no transport ${name}`, hint }];
  }
  const transport = Object.hasOwn(settings.transports, name) ? settings.transports[name] : undefined;
  const fault = transport === undefined ? null : misfit(transport, channel);
  return fault === null ? [] : [{ path, ...fault }];
}

/** Document types that a delivery names and the settings do not know. */
export function checkDelivery(
  deliver: Readonly<Record<string, unknown>>,
  types: readonly string[],
  path: Path,
): FaultAt[] {
  const known = ['default', ...types];
  return Object.keys(deliver).flatMap((type): FaultAt[] => {
    if (known.includes(type)) return [];
    const near = nearest(type, known);
    const hint = near === null ? `possible: ${known.join(', ')}` : `did you mean ${near}?`;
    return [{ path: [...path, type], detail: `there is no document type ${type}`, hint }];
  });
}

function checkRule(rule: RawSetting, types: readonly string[]): FaultAt[] {
  const deliver = valueAt(rule.value, ['deliver']);
  return isMapping(deliver) ? checkDelivery(deliver, types, [...pathOf(rule), 'deliver']) : [];
}

function checkCompanyFax({ fax, country }: Settings['company']): FaultAt[] {
  if (fax === null || isFaxNumber(fax, country)) return [];
  const hint = 'write it with + and the country code, in quotation marks';
  return [{ path: ['company', 'fax'], detail: 'this can not be a fax number', hint }];
}

/**
 * @param settings the sound entries
 * @param raw all entries: a fault in one of them hides no fault of another
 */
export function crossCheck(settings: Settings, raw: readonly RawSetting[]): FaultAt[] {
  const transports = namesIn(raw, 'transports');
  const types = namesIn(raw, 'documentTypes');
  return [
    ...checkCompanyFax(settings.company),
    ...raw.flatMap((row) => {
      if (row.section === 'rules') return checkRule(row, types);
      if (row.section !== 'documentTypes') return [];
      return byMail.flatMap((channel) => checkChannel(row, channel, settings, transports));
    }),
    ...Object.values(settings.transports).flatMap((transport) => {
      const path = ['transports', transport.name];
      if (transport.kind === 'smtp') return checkSmtp(transport, path);
      return transport.kind === 'driver' ? [] : checkMailbox(transport, path);
    }),
  ];
}
