// From the settings of a login to the grant behind it, whichever kind it is.
import type { OAuthSettings, SecretSource } from '../../message/settings.ts';
import { googleGrant } from './google.ts';
import type { Grant } from './grant.ts';
import { microsoftGrant, microsoftScopes } from './microsoft.ts';
import { refreshGrant } from './refresh.ts';

export interface GrantParts {
  /** The mailbox. */
  user: string;
  /** What the token is for; Google and refresh tokens know mail only. */
  purpose: keyof typeof microsoftScopes;
  /** Reads a secret of the login. @param key where it stands under `oauth` @throws OBX004 */
  secret: (source: SecretSource, key: 'secret' | 'refreshToken') => Promise<string>;
  now: () => number;
}

/** The grant with its proof as it is now. @throws TokenFault (configuration) or OBX004 when the proof can not be read */
export async function openGrant(oauth: OAuthSettings, parts: GrantParts): Promise<Grant> {
  const { user, purpose, now } = parts;
  const secretOf = (source: SecretSource | null): Promise<string | null> =>
    source === null ? Promise.resolve(null) : parts.secret(source, 'secret');
  switch (oauth.kind) {
    case 'microsoft':
      return microsoftGrant(oauth, {
        scope: microsoftScopes[purpose],
        secret: async () => (await secretOf(oauth.secret)) ?? '',
        now,
      });
    case 'google':
      return googleGrant(oauth, { user, now });
    case 'refresh':
      return refreshGrant(oauth, {
        user,
        secret: () => secretOf(oauth.secret),
        refreshToken: () => parts.secret(oauth.refreshToken, 'refreshToken'),
      });
  }
}
