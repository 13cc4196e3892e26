// Documents: sending one that comes over the network, and the bytes of one that is here.
import { Readable } from 'node:stream';
import { commandRun } from '../../intake/command-run.ts';
import { isAllRefused, takeIn, type TakenIn } from '../../intake/take-in.ts';
import { OutboxError } from '../../message/errors.ts';
import { messageAsJson } from '../../message/json.ts';
import { type Call, type Handlers, intakeOf, sent, by } from '../call.ts';
import { demandNamedOnFile } from '../on-file.ts';

/** What a browser may be told of bytes that strangers made. */
const harmless = ['application/pdf', 'text/plain'];

/** RFC 6266 with RFC 8187. */
const attached = (name: string): string =>
  `attachment; filename*=UTF-8''${encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`;

/** @throws OBX231 for a key that can not be one */
function keyIn({ request }: Call): string | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && /^[\x21-\x7e]{1,200}$/.test(key)) return key;
  throw new OutboxError('OBX231', { detail: 'Idempotency-Key has 1 to 200 letters without spaces' });
}

const takenAsJson = ({ messages, documents, known, replaced, refused }: TakenIn) => ({
  messages: messages.map((message) => messageAsJson(message, documents.get(message.id) ?? [])),
  known: known.map(({ message, channel, status, reason, text }) => ({ message, channel, status, reason, text })),
  replaced: replaced.map(({ message }) => message),
  refused: refused.map(({ place, detail, hint }) => ({ place, detail, hint })),
});

/** The first refusal is the answer when nothing was taken: that is an error, not a result. */
function refuseNone(taken: TakenIn): void {
  if (!isAllRefused(taken)) return;
  const { place, detail, hint } = taken.refused[0]!;
  throw new OutboxError('OBX247', { place, detail, hint });
}

export const documentHandlers: Handlers<'sendDocument' | 'getDocument'> = {
  async sendDocument({ form }, call) {
    if (call.files.length === 0) throw new OutboxError('OBX231', { detail: 'no file came with it' });
    const parts = await intakeOf(call);
    const { at, hold = false, email, fax, ...fields } = form;
    const key = keyIn(call);
    await demandNamedOnFile(call, parts, {
      ...(fields.customer === undefined ? {} : { customer: fields.customer }),
      ...(email === undefined ? {} : { email }),
      ...(fax === undefined ? {} : { fax }),
    });
    const said = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''));
    const run = commandRun(
      call.files.map(({ path }) => path),
      {
        ...(said as { type: string }),
        ...(email === undefined ? {} : { email: [email] }),
        ...(fax === undefined ? {} : { fax: [fax] }),
        ...(key === undefined ? {} : { key }),
        hold,
        notBefore: at === undefined ? null : Date.parse(at),
        source: `API, ${by(call)}`,
      },
    );
    const taken = await takeIn(run, parts, { dryRun: false });
    refuseNone(taken);
    if (taken.messages.length === 0) void call.reply.code(200);
    return takenAsJson(taken);
  },

  async getDocument({ params }, { parts, reply }) {
    const { store, files } = parts.opened;
    const document = await store.messages.document(params.id);
    if (document === null) {
      throw new OutboxError('OBX009', { what: 'document', id: params.id, hint: 'A message names its documents.' });
    }
    // Asked before the head of the answer goes out: a missing file is an error, not half an answer.
    if (!(await files.has(document.sha256))) throw new OutboxError('OBX017', { sha256: document.sha256 });
    const type = harmless.find((one) => document.mediaType.startsWith(one)) ?? 'application/octet-stream';
    void reply
      .header('content-disposition', attached(document.file))
      .header('content-length', document.size)
      .type(type === 'text/plain' ? 'text/plain; charset=utf-8' : type)
      .send(Readable.from(files.pieces(document.sha256)));
    return sent;
  },
};
