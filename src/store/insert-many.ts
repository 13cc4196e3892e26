// Inserts of many rows: Kysely writes the statement for one row, and its values are repeated for as many as come together.
import { type Compilable, CompiledQuery } from 'kysely';
import { portionsOf } from './rows.ts';
import type { Connection } from './schema.ts';

/** How the text of an insert begins and ends around the places of its values. */
interface Frame {
  before: string;
  behind: string;
  columns: string[];
  /** PostgreSQL numbers its places, SQLite does not. */
  isNumbered: boolean;
  /** By the number of rows. */
  texts: Map<number, string>;
}

const frameOf = (text: string, columns: string[]): Frame => {
  const [whole, before, values, behind] = /^(.* values )\(([^()]*)\)(.*)$/s.exec(text) ?? [];
  if (whole === undefined) throw new Error(`no insert of one row: ${text}`);
  return { before: before!, behind: behind!, columns, isNumbered: values!.includes('$'), texts: new Map() };
};

function textOf(frame: Frame, rows: number): string {
  const known = frame.texts.get(rows);
  if (known !== undefined) return known;
  let place = 0;
  const row = (): string => `(${frame.columns.map(() => (frame.isNumbered ? `$${++place}` : '?')).join(', ')})`;
  const text = `${frame.before}${Array.from({ length: rows }, row).join(', ')}${frame.behind}`;
  frame.texts.set(rows, text);
  return text;
}

type Values<R> = { [K in keyof R]: R[K] };

/**
 * An insert whose text is made at its first use, and then only filled.
 * @param build the insert of one row; it must not look into the values
 * @returns inserts a row for each thing. All rows have the same columns, and null where they have no value
 */
export function insertMany<R extends object>(
  build: (connection: Connection, row: Values<R>) => Compilable,
): <T>(connection: Connection, things: readonly T[], rowOf: (thing: T) => R) => Promise<void> {
  /** By the kind of database, of which a test has several. */
  const frames = new WeakMap<object, Frame>();
  const frameFor = (connection: Connection, row: R): Frame => {
    const { adapter } = connection.getExecutor();
    const known = frames.get(adapter);
    if (known) return known;
    const columns = Object.keys(row);
    const made = frameOf(build(connection, row).compile().sql, columns);
    frames.set(adapter, made);
    return made;
  };
  return async (connection, things, rowOf) => {
    for (const portion of portionsOf(things)) {
      const rows = portion.map((thing) => rowOf(thing) as Record<string, unknown>);
      const frame = frameFor(connection, rows[0] as R);
      const parameters: unknown[] = [];
      for (const row of rows) for (const column of frame.columns) parameters.push(row[column]);
      await connection.executeQuery(CompiledQuery.raw(textOf(frame, rows.length), parameters));
    }
  };
}
