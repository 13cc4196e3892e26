// Keys of a mail server that must go together: user and password, TLS and certificates, preset and host.
import { isIP, BlockList } from 'node:net';
import type { SmtpSettings } from '../message/settings.ts';
import type { FaultAt, Path } from './fault.ts';
import { checkOAuth } from './oauth-check.ts';
import { findPreset, presetWords } from './presets.ts';
import { isKept, secretHint } from './secret-form.ts';
import { suggest } from './suggest.ts';

const atHome = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const) {
  atHome.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
  ['fe80::', 10],
] as const) {
  atHome.addSubnet(network, bits, 'ipv6');
}

/** False for an address of the public network. A name is judged where it is resolved. */
export function mayBeHome(host: string): boolean {
  const version = isIP(host);
  return version === 0 || atHome.check(host, version === 4 ? 'ipv4' : 'ipv6');
}

/** False for any address but loopback. A name is judged where it is resolved. */
export const mayBeThisMachine = (host: string): boolean => isIP(host) === 0 || /^(?:127\.|::1$)/.test(host);

function checkSignIn(smtp: SmtpSettings, path: Path): FaultAt[] {
  const faults: FaultAt[] = [];
  const add = (key: string, detail: string, hint: string): number =>
    faults.push({ path: [...path, key], detail, hint });
  const clear = smtp.tls === 'none' || smtp.tls === 'opportunistic';
  const what = smtp.oauth === null ? 'password' : 'token';
  if (smtp.user !== null && smtp.password === null && smtp.oauth === null) {
    add('password', 'there is a user and no password', `${secretHint}, or log in with oauth`);
  }
  if (smtp.user === null && smtp.password !== null) add('user', 'there is a password and no user', 'write user');
  if (smtp.authInClear && !clear) add('authInClear', `with tls: ${smtp.tls} nothing goes in clear`, 'leave it out');
  if (smtp.authInClear && smtp.user !== null && !mayBeHome(smtp.host)) {
    add('authInClear', `the ${what} would cross the public network in clear`, 'write tls: required');
  } else if (smtp.authInClear && smtp.oauth !== null && !mayBeThisMachine(smtp.host)) {
    add('authInClear', 'a token goes in clear on this machine only', 'write tls: required');
  }
  if (smtp.user !== null && smtp.tls === 'none' && !smtp.authInClear) {
    const near = smtp.oauth === null ? 'this machine or network' : 'this machine';
    const hint = `write tls: required, or authInClear: true for a server on ${near}`;
    add('tls', `the ${what} would go in clear`, hint);
  }
  return faults;
}

/** The faults of a mail server whose keys are each well formed. */
export function checkSmtp(smtp: SmtpSettings, path: Path): FaultAt[] {
  const faults = [...checkSignIn(smtp, path), ...checkOAuth(smtp, path)];
  if (smtp.preset !== null && findPreset(smtp.preset) === null) {
    const hint = suggest(smtp.preset, presetWords);
    faults.push({ path: [...path, 'preset'], detail: 'there is no such preset', hint });
  }
  if (smtp.host === '')
    faults.push({ path: [...path, 'host'], detail: 'this is missing', hint: 'write the name of the mail server' });
  if (isKept(smtp.password)) {
    const detail = 'nothing is kept in this installation for it';
    faults.push({ path: [...path, 'password'], detail, hint: secretHint });
  }
  if (smtp.tls === 'none' && (smtp.ca !== null || smtp.fingerprint !== null)) {
    const key = smtp.ca === null ? 'fingerprint' : 'ca';
    faults.push({
      path: [...path, key],
      detail: 'with tls: none no certificate is looked at',
      hint: 'write tls: required',
    });
  }
  return faults;
}
