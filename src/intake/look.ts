// Looks at every document of a run and keeps its bytes: durable before any row names them.
import type { Document } from '../message/message.ts';
import type { Entry } from './entry.ts';
import { inspect, type Inspection } from './inspect/inspection.ts';
import type { IntakeParts } from './parts.ts';
import { createSpace, type Space } from './space.ts';

export interface Looked {
  entry: Entry;
  document: Document;
  inspection: Inspection;
}

/** Documents that are read together and go into one pack. */
const portion = 64;
/** Files that are read at the same time. */
const together = 16;
/** Portions on their way to the disk while the next one is read. */
const ahead = 2;
/** Bytes for the documents of a portion; larger ones get memory of their own. */
const spaceSize = 8 * 1024 * 1024;

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

/** Null when the file is not there. */
type Content = Uint8Array | null;

interface Kept {
  sha256: string;
  size: number;
  inspection: Inspection;
}

interface Keeping {
  inspections: Inspection[];
  sizes: number[];
  /** Resolves to the names of those that are there, when they are durable. */
  stored: Promise<string[]>;
}

/** The disk syncs while the next documents are read and their pages counted. */
async function beginKeeping(contents: readonly Content[], parts: IntakeParts): Promise<Keeping> {
  const stored = parts.files.put(contents.filter((bytes) => bytes !== null));
  // Whoever awaits it hears of a fault; until then it must not end the process.
  stored.catch(() => {});
  const inspections: Inspection[] = [];
  for (const bytes of contents) inspections.push(bytes === null ? missing : await inspect(bytes));
  return { inspections, sizes: contents.map((bytes) => bytes?.length ?? 0), stored };
}

/** Reads documents until there are enough for a portion, by number or by size. */
async function readPortion(entries: readonly Entry[], from: number, space: Space): Promise<Content[]> {
  const contents: Content[] = [];
  const some = entries.slice(from, from + portion);
  for (let octets = 0; contents.length < some.length && octets < spaceSize;) {
    const next = some.slice(contents.length, contents.length + together);
    for (const bytes of await Promise.all(next.map((entry) => entry.load(space)))) {
      contents.push(bytes);
      octets += bytes?.length ?? 0;
    }
  }
  return contents;
}

async function endKeeping({ inspections, sizes, stored }: Keeping): Promise<Kept[]> {
  const names = (await stored)[Symbol.iterator]();
  return inspections.map((inspection, at) => ({
    sha256: inspection === missing ? '' : names.next().value!,
    size: sizes[at]!,
    inspection,
  }));
}

/**
 * @param batchId of the batch that the documents will belong to
 * @throws OBX018 when the bytes can not be kept
 */
export async function lookAt(entries: readonly Entry[], batchId: string | null, parts: IntakeParts): Promise<Looked[]> {
  const looked: Looked[] = [];
  const spaces: Space[] = [];
  const waiting: { from: number; space: Space; keeping: Keeping }[] = [];
  const finish = async (): Promise<void> => {
    const { from, space, keeping } = waiting.shift()!;
    for (const [at, kept] of (await endKeeping(keeping)).entries()) {
      const entry = entries[from + at]!;
      looked.push({ entry, document: documentOf(entry, kept, batchId, parts), inspection: kept.inspection });
    }
    space.clear();
    spaces.push(space);
    parts.onProgress?.(looked.length);
  };
  const read = (from: number) => {
    const space = spaces.pop() ?? createSpace(spaceSize);
    const contents = readPortion(entries, from, space);
    contents.catch(() => {});
    return { from, space, contents };
  };
  let next = read(0);
  while (next.from < entries.length) {
    const { from, space } = next;
    const contents = await next.contents;
    const octets = contents.reduce((sum, bytes) => sum + (bytes?.length ?? 0), 0);
    // Large documents wait for the disk: what is held at once stays small.
    while (waiting.length > (octets > spaceSize ? 0 : ahead)) await finish();
    next = read(from + contents.length);
    waiting.push({ from, space, keeping: await beginKeeping(contents, parts) });
  }
  while (waiting.length > 0) await finish();
  return looked;
}
