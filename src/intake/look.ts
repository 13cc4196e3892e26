// Looks at every document of a run and keeps its bytes: durable before any row names them.
import type { Document } from '../message/message.ts';
import type { Entry } from './entry.ts';
import type { Inspection } from './inspect/inspection.ts';
import type { Kept, LookAtFiles } from './look-at-files.ts';
import { openLookers } from './lookers.ts';
import type { IntakeParts } from './parts.ts';
import { portion } from './portion.ts';

export interface Looked {
  entry: Entry;
  document: Document;
  inspection: Inspection;
}

/** Portions that one looker has at a time: while one is written the next is read. */
const ahead = 2;

const missing: Kept = {
  sha256: '',
  size: 0,
  inspection: { mediaType: '', pages: null, fault: 'missing-file', signed: false, facturX: false },
};

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

/** Files with the octets that they are said to have; what several rows name is looked at once. */
const filesOf = (entries: readonly Entry[]): Map<string, number> =>
  new Map(entries.flatMap(({ path, octets }) => (path === null ? [] : [[path, octets]])));

function* portionsOf(files: ReadonlyMap<string, number>): Generator<string[]> {
  let paths: string[] = [];
  let sum = 0;
  for (const [path, octets] of files) {
    if (paths.length > 0 && (paths.length >= portion.files || sum + octets > portion.octets)) {
      yield paths;
      paths = [];
      sum = 0;
    }
    paths.push(path);
    sum += octets;
  }
  if (paths.length > 0) yield paths;
}

/**
 * Looks at the files in portions, all lookers at the same time.
 * @param onKept hears of a portion when it is durable, in any order
 */
async function lookAtAll(
  files: ReadonlyMap<string, number>,
  parts: IntakeParts,
  onKept: (paths: readonly string[], kept: readonly Kept[]) => void,
): Promise<void> {
  const { looks, end } = parts.lookers ?? (await openLookers(files.size, parts.files));
  const portions = portionsOf(files);
  const work = async (look: LookAtFiles): Promise<void> => {
    for (const paths of portions) onKept(paths, await look(paths));
  };
  try {
    await Promise.all(looks.flatMap((look) => Array.from({ length: ahead }, () => work(look))));
  } finally {
    // After a fault the loop of that one has ended the portions: the others take no further one.
    end();
  }
}

/**
 * @param batchId of the batch that the documents will belong to
 * @param onLooked hears of the documents in the order of the entries, as soon as they are there; it is waited for at the end
 * @throws OBX003 when a file can not be read, OBX018 when the bytes can not be kept, OBX026 when there is no room for them all,
 * OBX210 when a thread ends
 */
export async function lookAt(
  entries: readonly Entry[],
  batchId: string | null,
  parts: IntakeParts,
  onLooked: (some: readonly Looked[]) => Promise<void>,
): Promise<Looked[]> {
  const files = filesOf(entries);
  const octets = files.values().reduce((sum, size) => sum + size, 0);
  if (octets > 0) await parts.files.room(octets);
  const found = new Map<string, Kept>();
  const looked: Looked[] = [];
  let telling: Promise<void> = Promise.resolve();

  /** Up to the first one whose file is still waited for. */
  const goOn = (): void => {
    const from = looked.length;
    for (let entry = entries[from]; entry; entry = entries[looked.length]) {
      const kept = entry.path === null ? missing : found.get(entry.path);
      if (!kept) break;
      looked.push({ entry, document: documentOf(entry, kept, batchId, parts), inspection: kept.inspection });
    }
    const some = looked.slice(from);
    if (some.length === 0) return;
    parts.onProgress?.(looked.length);
    telling = telling.then(() => onLooked(some));
    // Whoever awaits it hears of a fault; until then it must not end the process.
    telling.catch(() => {});
  };

  await lookAtAll(files, parts, (paths, kept) => {
    for (const [at, path] of paths.entries()) found.set(path, kept[at]!);
    goOn();
  });
  goOn();
  await telling;
  return looked;
}
