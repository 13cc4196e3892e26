// Looks at every document of a run and keeps its bytes: durable before any row names them.
import type { Document } from '../message/message.ts';
import type { Entry } from './entry.ts';
import { inspect, type Inspection } from './inspect/inspection.ts';
import type { IntakeParts } from './parts.ts';

export interface Looked {
  entry: Entry;
  document: Document;
  inspection: Inspection;
}

/** Bytes of so many documents are in memory at once. */
const portion = 64;

const missing: Inspection = { mediaType: '', pages: null, fault: 'missing-file', signed: false, facturX: false };

function documentOf(entry: Entry, kept: Kept, batchId: string | null, parts: IntakeParts): Document {
  const { file, type, number, customer, date, due, name, amount, currency, po, salesperson, language, row } = entry;
  const { mediaType, pages, fault } = kept.inspection;
  return {
    id: parts.newId(),
    batchId,
    company: parts.settings.company.code,
    type,
    number,
    revision: '',
    date,
    due,
    customer,
    customerName: name ?? '',
    amount,
    currency,
    po,
    salesperson,
    language,
    file,
    sha256: kept.sha256,
    size: kept.size,
    mediaType,
    pages,
    fault,
    row,
    createdAt: parts.now(),
  };
}

interface Kept {
  sha256: string;
  size: number;
  inspection: Inspection;
}

async function keep(entries: readonly Entry[], parts: IntakeParts): Promise<Kept[]> {
  const contents = await Promise.all(entries.map((entry) => entry.load()));
  const there = contents.filter((bytes) => bytes !== null);
  // The disk syncs while the reader counts pages.
  const stored = parts.files.put(there);
  const inspections: Inspection[] = [];
  for (const bytes of contents) inspections.push(bytes === null ? missing : await inspect(bytes));
  const names = await stored;
  let next = 0;
  return contents.map((bytes, at) => ({
    sha256: bytes === null ? '' : names[next++]!,
    size: bytes?.length ?? 0,
    inspection: inspections[at]!,
  }));
}

/**
 * @param batchId of the batch that the documents will belong to
 * @throws OBX018 when the bytes can not be kept
 */
export async function lookAt(entries: readonly Entry[], batchId: string | null, parts: IntakeParts): Promise<Looked[]> {
  const looked: Looked[] = [];
  for (let at = 0; at < entries.length; at += portion) {
    const some = entries.slice(at, at + portion);
    const kept = await keep(some, parts);
    some.forEach((entry, index) => {
      const { inspection } = kept[index]!;
      looked.push({ entry, document: documentOf(entry, kept[index]!, batchId, parts), inspection });
    });
    parts.onProgress?.(looked.length);
  }
  return looked;
}
