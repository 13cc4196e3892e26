// Jobs and transports as tests need them: ordinary ones, with what a test wants different.
import { createHash } from 'node:crypto';
import type { GraphSettings, SmtpLimits, SmtpSettings } from '../../src/message/settings.ts';
import type { Job, LoadedAttachment } from '../../src/message/transport.ts';
import type { TokenSource } from '../../src/transport/oauth/token-source.ts';
import { sampleIngredients } from './samples.ts';

export const sampleAttachment = (name: string, content: string | Uint8Array): LoadedAttachment => {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    sha256,
    size: bytes.length,
    mediaType: 'application/pdf',
    name,
    fill: (memory) => memory.set(bytes),
    async *pieces() {
      yield bytes;
    },
  };
};

export const sampleJob = (change: Partial<Job> = {}): Job => ({
  id: 'message-1',
  attemptId: 'attempt-1',
  channel: 'email',
  recipient: 'ap@abf.example',
  ingredients: sampleIngredients(),
  attachments: [sampleAttachment('Invoice 100234.pdf', '%PDF-1.4 not really\n.\n..dots\n')],
  facts: {
    company: 'ACME',
    customer: '01-ABF',
    customerName: 'American Business Futures',
    type: 'invoice',
    number: '100234',
  },
  ...change,
});

type Change = Partial<Omit<SmtpSettings, 'limits'>> & { limits?: Partial<SmtpLimits> };

export const smtpSettings = (port: number, { limits, ...change }: Change = {}): SmtpSettings => ({
  kind: 'smtp',
  name: 'office',
  preset: null,
  host: '127.0.0.1',
  debug: false,
  port,
  tls: 'none',
  user: null,
  password: null,
  oauth: null,
  authInClear: false,
  ca: null,
  fingerprint: null,
  minTls: '1.2',
  ehlo: 'client.acme.example',
  sender: null,
  address: null,
  messagesPerConnection: 100,
  binary: false,
  avoid: [],
  ...change,
  limits: {
    connections: 4,
    perMinute: null,
    perDay: null,
    sessionMinutes: null,
    bytesPerConnection: null,
    largestMessage: null,
    window: 1,
    ...limits,
  },
});

export const graphSettings = (baseUrl: string, change: Partial<GraphSettings> = {}): GraphSettings => ({
  kind: 'graph',
  name: 'office',
  user: 'billing@acme.example',
  oauth: {
    kind: 'microsoft',
    tenant: 'acme.example',
    client: 'client-1',
    secret: { env: 'GRAPH_SECRET' },
    certificate: null,
    tokenUrl: null,
    scope: null,
  },
  baseUrl,
  limits: { connections: 4, perMinute: null, perDay: null },
  ...change,
});

/** Gives the first token until it is refused, then the next. */
export function simpleTokens(...tokens: string[]): TokenSource & { asked: number } {
  const left = tokens.length > 0 ? [...tokens] : ['good-token'];
  return {
    asked: 0,
    token() {
      this.asked++;
      return Promise.resolve(left[0]!);
    },
    refused(token) {
      if (left[0] === token && left.length > 1) left.shift();
    },
  };
}
