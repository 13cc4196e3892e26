// Outbox as a peer: its composer and its SMTP transport, without the store. What depends on their interfaces is here alone.
import { composeMessage } from '../../src/transport/smtp/compose.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import type { Ingredients } from '../../src/message/message.ts';
import type { Job, LoadedAttachment } from '../../src/message/transport.ts';
import { sampleJob, smtpSettings } from '../../test/support/jobs.ts';
import { sampleIngredients } from '../../test/support/samples.ts';
import { inParallel, type Peer } from './load.ts';

/** The name is of this message alone: nothing that is kept of one message helps another. */
const attachment = (number: number, bytes: Buffer): LoadedAttachment => ({
  sha256: number.toString(16).padStart(64, '0'),
  size: bytes.length,
  mediaType: 'application/pdf',
  name: `Invoice ${number}.pdf`,
  bytes,
});

/** Made once: samples have ids and sums that are not what is measured. */
const [base, job] = [sampleIngredients(), sampleJob()];

const ingredients = (number: number): Ingredients => ({
  ...base,
  messageId: `${number}@acme.example`,
  boundary: String(number),
  envid: String(number),
  to: [`c${number}@abf.example`],
  subject: `Invoice ${number} from Acme Petroleum`,
  text: `Please find invoice ${number} attached.\n`,
  html: `<p>Please find invoice ${number} attached.</p>`,
});

export const outboxPeer: Peer = {
  compose(number, document) {
    composeMessage(ingredients(number), [attachment(number, document)]);
    return undefined;
  },
  open({ host, port, tls, connections, ca }, document) {
    const settings = smtpSettings(port, {
      host,
      tls: tls ? 'required' : 'none',
      ca: ca === null ? null : { file: ca },
      messagesPerConnection: Number.MAX_SAFE_INTEGER,
      limits: { connections, perMinute: null, perDay: null },
    });
    const parts = { password: () => Promise.resolve(null), ehloName: 'bench.acme.example', debug: null };
    const transport = createSmtpTransport(settings, parts);
    const sendOne = async (number: number): Promise<void> => {
      const one: Job = {
        ...job,
        id: String(number),
        recipient: `c${number}@abf.example`,
        ingredients: ingredients(number),
        attachments: [attachment(number, document(number))],
      };
      const outcome = await transport.send(one, () => Promise.resolve());
      if (outcome.result !== 'accepted') throw new Error(`message ${number}: ${outcome.result}\n${outcome.transcript}`);
    };
    return {
      send: (from, to) => inParallel(from, to, connections, sendOne),
      close: () => transport.close(),
    };
  },
};
