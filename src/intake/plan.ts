// From documents to drafts: which go together, to whom, and what the messages are made of. What stands alone is planned at once,
// while the documents behind it are still looked at.
import { groupRows } from '../message/grouping.ts';
import type { Grouping } from '../message/settings.ts';
import { type Draft, draftsOf, messageOf, readSuppressed } from './draft.ts';
import { type Entry, requestOf, type Run } from './entry.ts';
import type { Looked } from './look.ts';
import type { IntakeParts } from './parts.ts';

export interface Planner {
  /** Plans the documents among these that do not wait for others. */
  ahead(some: readonly Looked[]): Promise<void>;
  /** All drafts, in the order of the run. */
  drafts(looked: readonly Looked[]): Draft[];
}

export async function openPlanner(run: Run, parts: IntakeParts): Promise<Planner> {
  const { settings, store } = parts;
  const customers = await store.customers.find(
    settings.company.code,
    run.entries.map(({ customer }) => customer),
  );
  const suppressed = await readSuppressed(parts);
  const groupingOf = (type: string): Grouping => settings.documentTypes[type]?.grouping ?? 'each';
  /** By the id of the document that is alone in its set. */
  const planned = new Map<string, Draft[]>();

  const draftsFor = (set: readonly Looked[], grouping: Grouping): Draft[] => {
    const documents = set.map(({ document }) => document);
    const customer = customers.get(documents[0]!.customer) ?? null;
    return draftsOf({ documents, grouping, request: requestOf(set, run) }, customer, suppressed, parts);
  };
  const isAlone = ({ group, type }: Entry): boolean => group === null && groupingOf(type) === 'each';

  return {
    async ahead(some) {
      for (const one of some) {
        if (!isAlone(one.entry)) continue;
        const drafts = draftsFor([one], 'message');
        for (const draft of drafts) draft.message = await messageOf(draft, run, parts);
        planned.set(one.document.id, drafts);
      }
    },
    drafts(looked) {
      const rows = looked.map((one) => {
        const { group, email, fax, note, subject } = one.entry;
        return { ...one, group, email, fax, note, subject };
      });
      return groupRows(rows, groupingOf).flatMap(
        ({ rows: of, grouping }) => planned.get(of[0]!.document.id) ?? draftsFor(of, grouping),
      );
    },
  };
}
