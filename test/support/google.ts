// Google's token endpoint for service accounts, and Gmail's SMTP side, as the documentation has them.
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Certificates } from './certificates.ts';
import { type Answer, startTokenServer, type TokenServer } from './token-server.ts';
import { startTokenSmtp, type TokenSmtp } from './token-smtp.ts';

export interface Google {
  tokens: TokenServer;
  smtp: TokenSmtp;
  /** The JSON key file of the service account. */
  keyFile: string;
  /** The Admin console: what the service account may act for. */
  scopes: string[];
}

const scope = 'https://mail.google.com/';
const account = { client_email: 'outbox@acme.iam.example', client_id: '104000000000000000001', private_key_id: 'k1' };

const refusal = (error: string, words: string): Answer => ({
  status: error === 'unauthorized_client' ? 401 : 400,
  body: { error, error_description: words },
});

const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;

/** @param user the only user of the domain */
export async function startGoogle(
  t: TestContext,
  folder: string,
  certificates: Certificates,
  user: string,
): Promise<Google> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const scopes = [scope];
  const given = new Map<string, string>();
  const judge = (form: URLSearchParams, url: string): Answer => {
    if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') {
      return refusal('unsupported_grant_type', 'Invalid grant_type');
    }
    const [head, body, signature] = (form.get('assertion') ?? '').split('.');
    const [header, claims] = [decode(head), decode(body)];
    const isSigned =
      header['alg'] === 'RS256' &&
      header['kid'] === account.private_key_id &&
      verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        createPublicKey(publicKey),
        Buffer.from(signature!, 'base64url'),
      );
    if (!isSigned) return refusal('invalid_grant', 'Invalid JWT Signature.');
    const now = Date.now() / 1_000;
    const [from, until] = [Number(claims['iat']), Number(claims['exp'])];
    if (!(from <= now && until > now && until - from <= 3_600)) {
      return refusal(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      );
    }
    if (claims['aud'] !== url) return refusal('invalid_grant', 'Invalid JWT: Failed audience check.');
    if (claims['iss'] !== account.client_email) return refusal('invalid_grant', 'Invalid grant: account not found');
    if (!scopes.includes(String(claims['scope']))) {
      return refusal(
        'unauthorized_client',
        'Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.',
      );
    }
    if (claims['sub'] !== user) return refusal('invalid_grant', 'Invalid email or User ID');
    const token = `ya29.${randomBytes(24).toString('base64url')}`;
    given.set(token, user);
    return { status: 200, body: { access_token: token, expires_in: 3_599, token_type: 'Bearer' } };
  };
  const tokens = await startTokenServer(t, (path, form, self) =>
    path === '/token' ? judge(form, `${self.origin}/token`) : { status: 404, body: 'Not found' },
  );
  const keyFile = join(folder, 'service-account.json');
  const key = { type: 'service_account', ...account, private_key: privateKey, token_uri: `${tokens.origin}/token` };
  writeFileSync(keyFile, JSON.stringify(key), { mode: 0o600 });
  const smtp = await startTokenSmtp(t, {
    certificates,
    extensions: ['SIZE 35882577', '8BITMIME', 'ENHANCEDSTATUSCODES', 'PIPELINING', 'CHUNKING', 'SMTPUTF8'],
    mechanisms: 'LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER',
    judge: (who, token) =>
      given.get(token) === who
        ? null
        : {
            reply: '535 5.7.8 Username and Password not accepted.',
            details: { status: '400', schemes: 'Bearer', scope },
          },
    isStillGood: () => true,
    over: '530 5.7.0 Authentication Required.',
    connections: 10,
    tooMany: '421 4.7.0 Too many connections',
    onContent: () => 0,
  });
  return { tokens, smtp, keyFile, scopes };
}
