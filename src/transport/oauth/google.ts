// Google: a service account that may act for the users of a domain (RFC 7523, 2.1).
// developers.google.com/identity/protocols/oauth2/service-account
import type { OAuthSettings } from '../../message/settings.ts';
import { googleRules, refusalOf } from './advice.ts';
import { askForToken, digestOf } from './ask.ts';
import type { Grant } from './grant.ts';
import { signClaims } from './jwt.ts';
import { readServiceAccount, type ServiceAccount } from './key-file.ts';

/** SMTP, IMAP and POP. The narrower gmail.send is for the API only. */
export const googleMailScope = 'https://mail.google.com/';

export interface GoogleParts {
  /** The mailbox it acts for. */
  user: string;
  now: () => number;
}

/** Google takes an hour at most. */
const assertionSeconds = 3_600;

function assertionFor(url: string, account: ServiceAccount, { user, now }: GoogleParts): string {
  // A clock that is a little fast must not date the proof into the future.
  const at = Math.floor(now() / 1_000) - 30;
  const claims = {
    iss: account.email,
    sub: user,
    scope: googleMailScope,
    aud: url,
    iat: at,
    exp: at + assertionSeconds,
  };
  return signClaims('RS256', account.keyId === '' ? {} : { kid: account.keyId }, claims, account.key);
}

/** @throws TokenFault (configuration) when the key can not be read */
export async function googleGrant(
  settings: Extract<OAuthSettings, { kind: 'google' }>,
  parts: GoogleParts,
): Promise<Grant> {
  const account = await readServiceAccount(settings.key.file);
  const url = settings.tokenUrl ?? account.tokenUrl;
  const who = `service account ${account.email}, acting for ${parts.user}`;
  return {
    key: digestOf('google', url, account.email, account.keyId, parts.user, googleMailScope),
    who,
    async fetch() {
      const assertion = assertionFor(url, account, parts);
      const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion };
      const answer = await askForToken({ url, form, secrets: [assertion] });
      if ('token' in answer) return answer;
      const facts = { client: account.clientId, account: account.email, user: parts.user };
      throw refusalOf(answer, who, googleRules, facts);
    },
  };
}
