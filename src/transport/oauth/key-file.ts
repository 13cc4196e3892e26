// Private keys from files: a certificate with its key as PEM, or the JSON key of a Google service account.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { wordsOf } from '../../message/errors.ts';
import { TokenFault } from './token-fault.ts';

export interface Certified {
  key: KeyObject;
  /** base64url of the SHA-256 of the certificate's DER: x5t#S256 of RFC 7515, 4.1.8. */
  thumbprint: string;
}

export interface ServiceAccount {
  key: KeyObject;
  email: string;
  /** What the Admin console knows it by. */
  clientId: string;
  keyId: string;
  tokenUrl: string;
}

const unusable = (file: string, detail: string, hint: string): TokenFault =>
  new TokenFault('configuration', 'OBX172', { file, detail, hint });

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw unusable(file, wordsOf(error), 'Check the path and the rights.');
  }
}

const blockOf = (text: string, name: string): string | null =>
  new RegExp(`-----BEGIN ${name}-----[^]*?-----END ${name}-----`).exec(text)?.[0] ?? null;

/** @throws what node:crypto throws; it quotes nothing of the key */
function rsaKey(pem: string): KeyObject {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('the key is not of the kind RSA');
  return key;
}

/** @param now epoch ms @throws TokenFault (configuration) */
export async function readCertificate(file: string, now: number): Promise<Certified> {
  const text = await read(file);
  const [pem, keyPem] = [blockOf(text, 'CERTIFICATE'), blockOf(text, '(?:RSA )?PRIVATE KEY')];
  const both = 'Put the certificate and its private key, without a password, into this one PEM file.';
  if (pem === null || keyPem === null) throw unusable(file, `it has no ${pem ? 'private key' : 'certificate'}.`, both);
  let certificate: X509Certificate;
  let key: KeyObject;
  try {
    certificate = new X509Certificate(pem);
    key = rsaKey(keyPem);
  } catch (error) {
    throw unusable(file, `${wordsOf(error)}.`, both);
  }
  if (!certificate.checkPrivateKey(key)) throw unusable(file, 'the key is not the one of the certificate.', both);
  if (Date.parse(certificate.validTo) < now) {
    const hint = 'Make a new certificate, upload it to the application, and name its file.';
    throw unusable(file, `the certificate ended on ${certificate.validTo}.`, hint);
  }
  const thumbprint = Buffer.from(certificate.fingerprint256.replaceAll(':', ''), 'hex').toString('base64url');
  return { key, thumbprint };
}

/** @throws TokenFault (configuration) */
export async function readServiceAccount(file: string): Promise<ServiceAccount> {
  const text = await read(file);
  const hint = 'Make a JSON key for the service account in the Google Cloud console, and name that file.';
  try {
    const fields = JSON.parse(text) as Record<string, unknown>;
    const field = (name: string): string => {
      const value = fields[name];
      if (typeof value !== 'string' || value === '') throw new Error(`it has no ${name}`);
      return value;
    };
    const tokenUrl = field('token_uri');
    if (!/^https:|^http:\/\/127\.0\.0\.1:/.test(tokenUrl)) throw new Error('its token_uri is no https: address');
    return {
      key: rsaKey(field('private_key')),
      email: field('client_email'),
      clientId: typeof fields['client_id'] === 'string' ? fields['client_id'] : field('client_email'),
      keyId: typeof fields['private_key_id'] === 'string' ? fields['private_key_id'] : '',
      tokenUrl,
    };
  } catch (error) {
    // The words of the JSON parser quote the text, and the text is a key.
    const detail = error instanceof SyntaxError ? 'it is no JSON' : wordsOf(error);
    throw unusable(file, `${detail}.`, hint);
  }
}
