// Fax gateways that take mail: how a number becomes an address.
// A gateway knows its customer by the From address, so it is reached through your own mail server: the host is yours.
import type { Preset } from './preset.ts';

const knownByFrom = 'Send from an address that the gateway knows.';

const gateway = (title: string, address: string, source: string | null, remark = knownByFrom): Preset => ({
  title,
  asOf: '2026-11-23',
  sources: source === null ? [] : [source],
  known: source === null ? 'believed' : 'documented',
  ...(source === null ? { believed: ['The form of the address: confirm it with the account.'] } : {}),
  remark,
  auth: [],
  login: 'address',
  address,
  example: { host: '10.0.0.5' },
});

export const faxGateways = {
  efax: gateway('eFax', '{{ fax.digits }}@efaxsend.com', null),
  ringcentral: gateway('RingCentral Fax', '{{ fax.digits }}@rcfax.com', null),
  srfax: gateway('SRFax', '{{ fax.digits }}@srfax.com', null),
  interfax: gateway('InterFAX', '{{ fax.e164 }}@fax.tc', 'help.uplandsoftware.com/interfax: fax SMTP overview'),
  myfax: gateway('MyFax', '{{ fax.digits }}@myfax.com', null),
  faxage: gateway(
    'FAXAGE',
    '{{ fax.national }}@faxage.com',
    'FAXAGE email fax sending guide',
    `Ten digits; US and Canada. ${knownByFrom}`,
  ),
  concord: gateway('Concord', '{{ fax.digits }}@concordsend.com', null),
  documo: gateway('Documo mFax', '{{ fax.digits }}@send.mfax.io', 'Documo email-to-fax documentation'),
} satisfies Record<string, Preset>;
