// Signed claims as one text: JSON Web Signature in compact form (RFC 7515, 7.1), with RSA.
import { constants, type KeyObject, sign } from 'node:crypto';

/** RFC 7518, 3.3 and 3.5. */
export type Algorithm = 'RS256' | 'PS256';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const paddings = {
  RS256: { padding: constants.RSA_PKCS1_PADDING },
  PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
};

/** @param header what stands beside `alg` and `typ` */
export function signClaims(algorithm: Algorithm, header: object, claims: object, key: KeyObject): string {
  const text = `${part({ alg: algorithm, typ: 'JWT', ...header })}.${part(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, ...paddings[algorithm] });
  return `${text}.${signature.toString('base64url')}`;
}
