// Documents named on a command line, as a run: one set, to one customer or to addresses given there.
import { basename, resolve } from 'node:path';
import { controlCharacter } from '../message/control-characters.ts';
import { readEmailList, readFaxList } from '../message/address-list.ts';
import { OutboxError } from '../message/errors.ts';
import type { Entry, Run } from './entry.ts';

export interface CommandRequest {
  type: string;
  number?: string;
  customer?: string;
  email?: readonly string[];
  fax?: readonly string[];
  note?: string;
  subject?: string;
  key?: string;
  /** Descriptive name of the attachment. */
  name?: string;
  hold: boolean;
  notBefore: number | null;
  /** "command line" unless told otherwise. */
  source?: string;
}

/** @throws OBX013 */
function refuseControlCharacters(request: CommandRequest): void {
  const { type, number, customer, email, fax, subject, key, name } = request;
  const fields = { type, number, customer, subject, key, name, email: email?.join(''), fax: fax?.join('') };
  for (const [field, value] of Object.entries(fields)) {
    const found = value === undefined ? null : controlCharacter(value);
    if (found === null) continue;
    const facts = { place: request.source ?? 'command line', field, detail: `holds a control character (${found}).` };
    throw new OutboxError('OBX013', { ...facts, hint: `Leave it out of the ${field}.` });
  }
}

const entryOf = (file: string, at: number, request: CommandRequest, group: string | null): Entry => ({
  row: at + 1,
  place: basename(file),
  file: basename(file),
  attachmentName: request.name ?? null,
  type: request.type,
  number: request.number ?? '',
  customer: request.customer ?? '',
  date: null,
  due: null,
  company: null,
  name: null,
  amount: null,
  currency: null,
  po: null,
  salesperson: null,
  language: null,
  note: request.note ?? null,
  subject: request.subject ?? null,
  group,
  key: request.key ?? null,
  email: (request.email ?? []).flatMap(readEmailList),
  fax: (request.fax ?? []).flatMap(readFaxList),
  path: resolve(file),
  octets: 0,
});

/** @throws OBX013 for control characters; the files are read later */
export function commandRun(files: readonly string[], request: CommandRequest): Run {
  refuseControlCharacters(request);
  const group = files.length > 1 ? 'command' : null;
  return {
    source: request.source ?? 'command line',
    name: files.map((file) => basename(file)).join(', '),
    level: 'command',
    entries: files.map((file, at) => entryOf(file, at, request, group)),
    refused: [],
    unknownColumns: [],
    expectedCount: null,
    expectedAmount: null,
    hold: request.hold,
    notBefore: request.notBefore,
    batch: false,
  };
}
