// Keys of a mailbox (Microsoft Graph, drafts) that must go together.
import { isIP } from 'node:net';
import type { GraphSettings, OutlookSettings } from '../message/settings.ts';
import type { FaultAt, Path } from './fault.ts';
import { checkOAuth } from './oauth-check.ts';
import { isKept, secretHint } from './secret-form.ts';
import { mayBeHome, mayBeThisMachine } from './transport-check.ts';

function checkGraph({ oauth, user }: Pick<GraphSettings, 'oauth' | 'user'>, path: Path): FaultAt[] {
  const faults = checkOAuth({ user, oauth, password: null }, path);
  if (oauth.kind !== 'google') return faults;
  const hint = 'write kind: microsoft, with tenant, client and secret or certificate';
  return [...faults, { path: [...path, 'oauth', 'kind'], detail: 'Google gives no token for Microsoft Graph', hint }];
}

/** Where a name leads is known only later, and then the password has gone: only addresses may be trusted without TLS. */
function mayGoInClear({ host, oauth }: Extract<OutlookSettings, { by: 'imap' }>): boolean {
  if (host === 'localhost') return true;
  return isIP(host) !== 0 && (oauth === null ? mayBeHome(host) : mayBeThisMachine(host));
}

function checkImap(imap: Extract<OutlookSettings, { by: 'imap' }>, path: Path): FaultAt[] {
  const faults = checkOAuth(imap, path);
  if (imap.password === null && imap.oauth === null) {
    faults.push({
      path: [...path, 'password'],
      detail: 'this is missing',
      hint: `${secretHint}, or log in with oauth`,
    });
  }
  if (isKept(imap.password)) {
    const detail = 'nothing is kept in this installation for it';
    faults.push({ path: [...path, 'password'], detail, hint: secretHint });
  }
  if (imap.tls === 'none' && !mayGoInClear(imap)) {
    const what = imap.oauth === null ? 'password' : 'token';
    const hint =
      'write tls: required or tls: implicit; in clear only to an IP address of your own, a token to this machine';
    faults.push({ path: [...path, 'tls'], detail: `the ${what} would go in clear`, hint });
  }
  if (imap.tls === 'none' && imap.ca !== null) {
    const detail = 'with tls: none no certificate is looked at';
    faults.push({ path: [...path, 'ca'], detail, hint: 'write tls: required' });
  }
  return faults;
}

/** The faults of a mailbox whose keys are each well formed. */
export function checkMailbox(transport: GraphSettings | OutlookSettings, path: Path): FaultAt[] {
  if (transport.kind === 'graph' || transport.by === 'graph') return checkGraph(transport, path);
  return transport.by === 'imap' ? checkImap(transport, path) : [];
}
