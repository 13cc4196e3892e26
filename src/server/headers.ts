// The headers of every answer: nothing of it is kept, framed, guessed at, or loads anything from elsewhere.
import type { ServerParts } from './parts.ts';

const strict = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param more what a page of ours may do besides, by the hash of its style and script */
export const commonHeaders = ({ secure }: Pick<ServerParts, 'secure'>, more = ''): Record<string, string> => ({
  'content-security-policy': more === '' ? strict : `${strict}; ${more}`,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
  ...(secure ? { 'strict-transport-security': 'max-age=31536000' } : {}),
});
