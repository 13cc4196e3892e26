// Outbox as a peer: its composer and its SMTP transport, without the store. What depends on their interfaces is here alone.
import { composeInto, layOut } from '../../src/transport/mime/compose.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import type { Ingredients } from '../../src/message/message.ts';
import { wordsOf } from '../../src/message/errors.ts';
import type { Job, LoadedAttachment, Supply, Task } from '../../src/message/transport.ts';
import { sampleJob, smtpSettings } from '../../test/support/jobs.ts';
import { sampleIngredients } from '../../test/support/samples.ts';
import type { Peer } from './load.ts';

/** The name is of this message alone: nothing that is kept of one message helps another. */
const attachment = (number: number, bytes: Buffer): LoadedAttachment => ({
  sha256: number.toString(16).padStart(64, '0'),
  size: bytes.length,
  mediaType: 'application/pdf',
  name: `Invoice ${number}.pdf`,
  fill: (memory) => memory.set(bytes),
  async *pieces() {
    yield bytes;
  },
});

/** As the transport composes: into memory that is used again. */
let memory = Buffer.allocUnsafe(0);

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
    const layout = layOut(ingredients(number), [attachment(number, document)]);
    if (memory.length < layout.size) memory = Buffer.allocUnsafe(layout.size);
    composeInto(memory, layout);
    return undefined;
  },
  open({ host, port, tls, connections, ca, window = 1 }, document) {
    const settings = smtpSettings(port, {
      host,
      tls: tls ? 'required' : 'none',
      ca: ca === null ? null : { file: ca },
      messagesPerConnection: Number.MAX_SAFE_INTEGER,
      limits: { connections, perMinute: null, perDay: null, window },
    });
    const parts = { password: () => Promise.resolve(null), ehloName: 'bench.acme.example', debug: null };
    const transport = createSmtpTransport(settings, parts);
    const jobOf = (number: number): Job => ({
      ...job,
      id: String(number),
      recipient: `c${number}@abf.example`,
      ingredients: ingredients(number),
      attachments: [attachment(number, document(number))],
    });
    /** Lines that share one supply, as the dispatcher's lanes have them; nothing is stored. */
    const send = async (from: number, to: number): Promise<void> => {
      let number = from;
      let refusal: string | null = null;
      const taskOf = (of: number): Task => ({
        job: jobOf(of),
        commit: () => Promise.resolve(),
        async settle(outcome) {
          if (outcome.result !== 'accepted') refusal ??= `message ${of}: ${outcome.result}\n${outcome.transcript}`;
        },
        async fail(error) {
          refusal ??= wordsOf(error);
        },
        async giveBack() {
          refusal ??= `message ${of} came back`;
        },
      });
      const supply: Supply = { next: () => (number <= to && refusal === null ? taskOf(number++) : null) };
      await Promise.all(Array.from({ length: connections }, () => transport.carry!(supply)));
      if (refusal !== null) throw new Error(refusal);
    };
    return {
      send,
      close: () => transport.close(),
    };
  },
};
