// What must go together in a login by OAuth, and the files with private keys that it names.
import { readFile } from 'node:fs/promises';
import { wordsOf } from '../message/errors.ts';
import type { OAuthSettings, SecretSource } from '../message/settings.ts';
import type { FaultAt, Path } from './fault.ts';
import { isKept, secretHint } from './secret-form.ts';
import { isOpenToOthers } from './secret-source.ts';

function checkProof(oauth: Extract<OAuthSettings, { kind: 'microsoft' }>, path: Path): FaultAt[] {
  const { secret, certificate } = oauth;
  if (secret !== null && certificate !== null) {
    const hint = 'leave one of them out; a certificate is the better proof';
    return [{ path: [...path, 'secret'], detail: 'a certificate stands beside it', hint }];
  }
  if (secret !== null || certificate !== null) return [];
  return [{ path: [...path, 'secret'], detail: 'this is missing', hint: `${secretHint}, or give a certificate` }];
}

/** How a transport logs in. */
export interface Login {
  user: string | null;
  password: SecretSource | null;
  oauth: OAuthSettings | null;
}

/** The faults of a login whose keys are each well formed. @param path of the transport */
export function checkOAuth(login: Login, path: Path): FaultAt[] {
  const { oauth } = login;
  if (oauth === null) return [];
  const at = [...path, 'oauth'];
  const faults: FaultAt[] = [];
  if (login.password !== null) {
    const hint = 'leave one of them out: a mailbox has one way to log in';
    faults.push({ path: [...path, 'password'], detail: 'oauth stands beside it', hint });
  }
  if (login.user === null) {
    const hint = 'write user: the address of the mailbox that sends';
    faults.push({ path: [...path, 'user'], detail: 'there is oauth and no user', hint });
  }
  if (oauth.kind === 'microsoft') faults.push(...checkProof(oauth, at));
  for (const key of ['secret', 'refreshToken'] as const) {
    const source = key in oauth ? (oauth as Partial<Record<typeof key, unknown>>)[key] : null;
    if (isKept(source)) {
      faults.push({ path: [...at, key], detail: 'nothing is kept in this installation for it', hint: secretHint });
    }
  }
  return faults;
}

const block = (name: string): RegExp => new RegExp(`-----BEGIN (?:RSA )?${name}-----`);

/** Why a file is not what it should be; null when it is. What stands in it is never quoted. */
function misfit(kind: OAuthSettings['kind'], text: string): { detail: string; hint: string } | null {
  if (kind === 'microsoft') {
    const hint = 'the file must hold both: cat certificate.pem private-key.pem > both.pem';
    if (!block('CERTIFICATE').test(text)) return { detail: 'there is no certificate in the file', hint };
    if (!block('PRIVATE KEY').test(text)) return { detail: 'there is no RSA private key in the file', hint };
    return null;
  }
  const hint = 'make a key of type JSON for the service account (Google Cloud console), and name that file';
  try {
    const key = JSON.parse(text) as Record<string, unknown> | null;
    const isKey = ['client_email', 'private_key', 'token_uri'].every((name) => typeof key?.[name] === 'string');
    return isKey ? null : { detail: 'the file is no key of a service account', hint };
  } catch {
    return { detail: 'the file is no JSON', hint };
  }
}

/** @returns the fault of the file, or notes for the person @param path of the transport */
export async function checkKeyFile(oauth: OAuthSettings, path: Path): Promise<{ faults: FaultAt[]; notes: string[] }> {
  const key = oauth.kind === 'microsoft' ? 'certificate' : 'key';
  const named = oauth.kind === 'microsoft' ? oauth.certificate : oauth.kind === 'google' ? oauth.key : null;
  if (named === null) return { faults: [], notes: [] };
  const at = [...path, 'oauth', key, 'file'];
  try {
    const fault = misfit(oauth.kind, await readFile(named.file, 'utf8'));
    if (fault) return { faults: [{ path: at, ...fault }], notes: [] };
    const isOpen = await isOpenToOthers(named.file);
    return {
      faults: [],
      notes: isOpen ? [`Anybody on this machine may read ${named.file}: chmod 600 ${named.file}`] : [],
    };
  } catch (error) {
    return { faults: [{ path: at, detail: wordsOf(error), hint: 'check the path and the rights' }], notes: [] };
  }
}
