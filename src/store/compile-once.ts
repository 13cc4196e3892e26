// Statements that every message needs: Kysely writes their text once, and afterwards only the values change.
import type { Compilable, CompiledQuery } from 'kysely';
import type { Connection } from './schema.ts';

/** Stands for a value while the text is written. */
class Slot {
  readonly index: number;
  constructor(index: number) {
    this.index = index;
  }
}

/**
 * A statement that is compiled at its first use. Make it once per store: the text is that of its database.
 * @param build gets places in place of values, so it must not look into them
 * @returns runs it and gives the number of rows that it changed
 */
export function compileOnce<P extends readonly unknown[]>(
  build: (connection: Connection, ...given: P) => Compilable,
): (connection: Connection, ...given: P) => Promise<bigint> {
  let known: CompiledQuery | null = null;
  return async (connection, ...given) => {
    known ??= build(connection, ...(given.map((_, index) => new Slot(index)) as unknown as P)).compile();
    const parameters = known.parameters.map((value) => (value instanceof Slot ? given[value.index] : value));
    const { numAffectedRows } = await connection.executeQuery({ ...known, parameters });
    return numAffectedRows ?? 0n;
  };
}
