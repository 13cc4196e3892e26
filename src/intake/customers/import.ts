// Takes a file into the directory of customers, or shows what that would do.
import { basename } from 'node:path';
import type { Store } from '../../store/store.ts';
import type { Settings } from '../../message/settings.ts';
import { type CustomerPlan, planCustomerImport } from './plan.ts';
import { readCustomerFile } from './read.ts';

export interface CustomerFile {
  bytes: Uint8Array;
  /** What the person calls it. */
  file: string;
  /** How the columns are named; null: found out. */
  map: 'plain' | 'sage100' | null;
}

export interface CustomerImport extends Omit<CustomerPlan, 'refused'> {
  refused: { line: number; customer?: string; detail: string }[];
  unknownColumns: string[];
}

/** @throws OBX015 when the file can not be read: then nothing is taken */
export async function importCustomerFile(
  { bytes, file, map }: CustomerFile,
  { store, settings }: { store: Store; settings: Settings },
  dryRun: boolean,
): Promise<CustomerImport> {
  const { company, documentTypes } = settings;
  const read = readCustomerFile(bytes, map, file);
  const source = `${basename(file)}, ${new Date().toISOString().slice(0, 10)}`;
  const current = await store.customers.all(company.code);
  const plan = planCustomerImport(current, read.rows, {
    company: company.code,
    source,
    country: company.country,
    types: Object.keys(documentTypes),
  });
  const refused = [...read.refused, ...plan.refused].toSorted((a, b) => a.line - b.line);
  if (!dryRun) {
    const changed = [...plan.new, ...plan.changed.map(({ after }) => after)];
    await store.customers.save(changed, Date.now(), `import ${basename(file)}`, () => `imported from ${source}`);
  }
  return { ...plan, refused, unknownColumns: read.unknownColumns };
}
