// Questions that every document asks: Kysely writes their text once for each number of values, and then only these change.
import type { Compilable, CompiledQuery } from 'kysely';
import type { Database } from './schema.ts';

/** Stands for a value while the text is written. */
class Slot {
  readonly of: 'values' | 'given';
  readonly index: number;
  constructor(of: 'values' | 'given', index: number) {
    this.of = of;
    this.index = index;
  }
}

const slots = (of: Slot['of'], count: number): Slot[] =>
  Array.from({ length: count }, (_, index) => new Slot(of, index));

/**
 * A question about some values, which are bound one by one. Make it once per store: the text is that of its database.
 * @param build gets places in place of values, so it must not look into them
 * @returns asks it, about few sizes only (`portionsOf`)
 */
export function askOften<P extends readonly unknown[], R>(
  db: Database,
  build: (values: string[], ...given: P) => Compilable<R>,
): (values: readonly string[], ...given: P) => Promise<R[]> {
  const known = new Map<number, CompiledQuery<R>>();
  return async (values, ...given) => {
    const places = slots('values', values.length) as unknown as string[];
    const query =
      known.get(values.length) ?? build(places, ...(slots('given', given.length) as unknown as P)).compile();
    known.set(values.length, query);
    const parameters = query.parameters.map((one) =>
      one instanceof Slot ? (one.of === 'values' ? values : given)[one.index] : one,
    );
    return (await db.executeQuery<R>({ ...query, parameters })).rows;
  };
}
