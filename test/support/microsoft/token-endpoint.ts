// Microsoft's token endpoint as its documentation has it: the client credentials grant, with the errors of the real one.
import { constants, verify, type X509Certificate } from 'node:crypto';
import type { TestContext } from 'node:test';
import { type Answer, startTokenServer, type TokenServer } from '../token-server.ts';
import { type Application, audiences, type Tenant } from './tenant.ts';

export interface TokenEndpoint extends TokenServer {
  /** For the settings: tokenUrl. */
  url: string;
  expiresIn: number;
}

const refusal = (status: number, error: string, code: number, words: string): Answer => {
  const trace = 'Trace ID: 0d2c0000-aaaa Correlation ID: 1f3e0000-bbbb Timestamp: 2026-11-24 12:00:00Z';
  return {
    status,
    body: { error, error_description: `AADSTS${code}: ${words} ${trace}`, error_codes: [code], timestamp: '' },
  };
};

const paddings: Record<string, object> = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
};

const thumbprintOf = (certificate: X509Certificate): string =>
  Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');

const decode = (part: string | undefined): Record<string, unknown> =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Record<string, unknown>;

/** RFC 7523, 3, and learn.microsoft.com certificate-credentials. @returns the refusal, or null */
function judgeAssertion(assertion: string, url: string, application: Application, used: Set<string>): Answer | null {
  const no = (code: number, words: string): Answer => refusal(401, 'invalid_client', code, words);
  const [head, body, signature] = assertion.split('.');
  const header = decode(head);
  const claims = decode(body);
  const certificate = application.certificates.find((one) => thumbprintOf(one) === header['x5t#S256']);
  const padding = paddings[String(header['alg'])];
  if (!certificate || !padding || header['typ'] !== 'JWT') {
    return no(
      700027,
      'The certificate with identifier used to sign the client assertion is not registered on application.',
    );
  }
  const signed = Buffer.from(`${head}.${body}`);
  const isSigned = verify(
    'sha256',
    signed,
    { key: certificate.publicKey, ...padding },
    Buffer.from(signature!, 'base64url'),
  );
  if (!isSigned) return no(700027, 'Client assertion failed signature validation.');
  if (claims['aud'] !== url) return no(700023, `Client assertion audience claim does not match: ${url}`);
  if (claims['iss'] !== application.client || claims['sub'] !== application.client) {
    return no(700021, 'Client assertion application identifier does not match client_id.');
  }
  const now = Date.now() / 1_000;
  const [notBefore, expires] = [Number(claims['nbf']), Number(claims['exp'])];
  if (!(notBefore <= now + 300 && expires > now))
    return no(700024, 'Client assertion is not within its valid time range.');
  if (expires - notBefore > 600) return no(700024, 'Client assertion lives too long.');
  const id = String(claims['jti']);
  if (used.has(id)) return no(700025, 'Client assertion was used before.');
  used.add(id);
  return null;
}

function judgeSecret(secret: string | null, application: Application): Answer | null {
  const known = application.secrets.find(({ value }) => value === secret);
  const { client } = application;
  if (!known) {
    const words = `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${client}'.`;
    return refusal(401, 'invalid_client', 7000215, words);
  }
  if (!known.isExpired) return null;
  return refusal(401, 'invalid_client', 7000222, `The provided client secret keys for app '${client}' are expired.`);
}

/** @param delayMs before each answer */
export async function startTokenEndpoint(t: TestContext, tenant: Tenant, delayMs = 0): Promise<TokenEndpoint> {
  const used = new Set<string>();
  const path = `/${tenant.id}/oauth2/v2.0/token`;
  const server = await startTokenServer(
    t,
    (asked, form) => {
      if (asked !== path) {
        return refusal(
          400,
          'invalid_request',
          90002,
          `Tenant '${asked.split('/')[1]}' not found. Check to make sure you have the correct tenant ID.`,
        );
      }
      if (form.get('grant_type') !== 'client_credentials') {
        return refusal(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
      }
      const client = form.get('client_id') ?? '';
      const application = tenant.applications.get(client);
      if (!application) {
        return refusal(
          400,
          'unauthorized_client',
          700016,
          `Application with identifier '${client}' was not found in the directory.`,
        );
      }
      const assertion = form.get('client_assertion');
      const isAssertion =
        form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
      const bad =
        assertion !== null && isAssertion
          ? judgeAssertion(assertion, endpoint.url, application, used)
          : judgeSecret(form.get('client_secret'), application);
      if (bad) return bad;
      const scope = form.get('scope') ?? '';
      if (!scope.endsWith('/.default')) {
        return refusal(400, 'invalid_scope', 1002012, `The provided value for scope ${scope} is not valid.`);
      }
      const audience = audiences[scope as keyof typeof audiences];
      if (!audience)
        return refusal(400, 'invalid_resource', 500011, `The resource principal named ${scope} was not found.`);
      const { expiresIn } = endpoint;
      const token = tenant.issue(client, audience, expiresIn);
      const body = { token_type: 'Bearer', expires_in: expiresIn, ext_expires_in: expiresIn, access_token: token };
      return { status: 200, body };
    },
    delayMs,
  );
  const endpoint: TokenEndpoint = Object.assign(server, { url: `${server.origin}${path}`, expiresIn: 3_599 });
  return endpoint;
}
