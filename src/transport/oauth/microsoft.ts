// Microsoft Entra ID: the client credentials grant (RFC 6749, 4.4) with a secret or a certificate.
// learn.microsoft.com/entra/identity-platform: v2-oauth2-client-creds-grant-flow, certificate-credentials.
import { randomUUID } from 'node:crypto';
import type { OAuthSettings } from '../../message/settings.ts';
import { microsoftRules, refusalOf } from './advice.ts';
import { askForToken, digestOf } from './ask.ts';
import type { Grant } from './grant.ts';
import { signClaims } from './jwt.ts';
import { type Certified, readCertificate } from './key-file.ts';

/** What a token is good for. Exchange refuses a token for Graph, and the other way round. */
export const microsoftScopes = {
  /** SMTP, IMAP, POP. */
  mail: 'https://outlook.office365.com/.default',
  graph: 'https://graph.microsoft.com/.default',
};

export interface MicrosoftParts {
  scope: string;
  /** The client secret. @throws OBX004 */
  secret: () => Promise<string>;
  now: () => number;
}

/** Microsoft asks for at most 5 to 10 minutes. */
const assertionSeconds = 300;

/** RFC 7523, 3: who we are, signed. */
function assertionFor(url: string, client: string, { key, thumbprint }: Certified, now: number): string {
  const at = Math.floor(now / 1_000);
  const claims = {
    aud: url,
    iss: client,
    sub: client,
    jti: randomUUID(),
    nbf: at,
    iat: at,
    exp: at + assertionSeconds,
  };
  return signClaims('PS256', { 'x5t#S256': thumbprint }, claims, key);
}

type Settings = Extract<OAuthSettings, { kind: 'microsoft' }>;

interface Proof {
  digest: string;
  form(): Record<string, string>;
}

async function proofOf({ client, certificate }: Settings, url: string, parts: MicrosoftParts): Promise<Proof> {
  if (certificate === null) {
    const secret = await parts.secret();
    return { digest: digestOf('secret', secret), form: () => ({ client_secret: secret }) };
  }
  const certified = await readCertificate(certificate.file, parts.now());
  return {
    digest: digestOf('certificate', certified.thumbprint),
    form: () => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertionFor(url, client, certified, parts.now()),
    }),
  };
}

/** @throws TokenFault (configuration) or OBX004 when the proof can not be read */
export async function microsoftGrant(settings: Settings, parts: MicrosoftParts): Promise<Grant> {
  const { tenant, client } = settings;
  const url = settings.tokenUrl ?? `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`;
  const scope = settings.scope ?? parts.scope;
  const who = `application ${client} of tenant ${tenant}`;
  const proof = await proofOf(settings, url, parts);
  return {
    // An application has one token for all mailboxes.
    key: digestOf('microsoft', url, tenant, client, scope, proof.digest),
    who,
    async fetch() {
      const form = { grant_type: 'client_credentials', client_id: client, scope, ...proof.form() };
      const secrets = ['client_secret', 'client_assertion'].map((name) => (form as Record<string, string>)[name] ?? '');
      const answer = await askForToken({ url, form, secrets });
      if ('token' in answer) return answer;
      throw refusalOf(answer, who, microsoftRules, { client });
    },
  };
}
