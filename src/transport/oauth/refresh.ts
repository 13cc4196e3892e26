// Any provider: a refresh token that a person once got by logging in (RFC 6749, 6).
import type { OAuthSettings } from '../../message/settings.ts';
import { microsoftRules, refreshRules, refusalOf } from './advice.ts';
import { askForToken, digestOf } from './ask.ts';
import type { Grant } from './grant.ts';

export interface RefreshParts {
  user: string;
  /** Null for a public client. @throws OBX004 */
  secret: () => Promise<string | null>;
  /** @throws OBX004 */
  refreshToken: () => Promise<string>;
}

/** @throws OBX004 when a secret can not be read */
export async function refreshGrant(
  settings: Extract<OAuthSettings, { kind: 'refresh' }>,
  parts: RefreshParts,
): Promise<Grant> {
  const { tokenUrl: url, client, scope } = settings;
  const secret = await parts.secret();
  const written = await parts.refreshToken();
  const who = `${parts.user} by client ${client}`;
  return {
    key: digestOf('refresh', url, client, scope ?? '', parts.user, secret ?? '', written),
    who,
    async fetch(newest) {
      const form = {
        grant_type: 'refresh_token',
        client_id: client,
        refresh_token: newest ?? written,
        ...(secret === null ? {} : { client_secret: secret }),
        ...(scope === null ? {} : { scope }),
      };
      const answer = await askForToken({ url, form, secrets: [secret ?? '', written, newest ?? ''] });
      if ('token' in answer) return answer;
      const facts = { client, user: parts.user };
      throw refusalOf(answer, who, [...refreshRules, ...microsoftRules], facts);
    },
  };
}
