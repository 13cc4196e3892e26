// Statements that every message needs: Kysely writes their text once. On SQLite they run straight on its one connection: the way
// through the builder costs ten times what the statement does.
import { type Compilable, type CompiledQuery, type RawBuilder, sql } from 'kysely';
import type { Connection } from './schema.ts';

/** Statements of the one connection of SQLite, inside the transaction that is open on it. */
export interface Direct {
  prepare(text: string): DirectStatement;
}

export interface DirectStatement {
  /** @returns the number of rows changed @throws as the store does */
  run(values: readonly unknown[]): number;
  all(values: readonly unknown[]): Record<string, unknown>[];
}

/** Stands for a value while the text is written. */
class Slot {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

const slots: unknown = new Proxy({}, { get: (_, name) => new Slot(String(name)) });

type Build<G, R> = (connection: Connection, given: G) => Compilable<R>;

/** A statement with its text, once that is written. */
class Prepared<G extends object, R> {
  readonly #build: Build<G, R>;
  readonly #direct: Direct | null;
  #query: CompiledQuery<R> | null = null;
  #statement: DirectStatement | null = null;

  constructor(build: Build<G, R>, direct: Direct | null) {
    this.#build = build;
    this.#direct = direct;
  }

  query(connection: Connection, given: G): CompiledQuery<R> {
    const query = (this.#query ??= this.#build(connection, slots as G).compile());
    const values = given as Record<string, unknown>;
    return { ...query, parameters: query.parameters.map((one) => (one instanceof Slot ? values[one.name] : one)) };
  }

  /** Null where there is no direct way. */
  direct({ sql: text }: CompiledQuery<R>): DirectStatement | null {
    return (this.#statement ??= this.#direct?.prepare(text) ?? null);
  }
}

const camel = new Map<string, string>();
const camelCase = (name: string): string => {
  const known = camel.get(name) ?? name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  camel.set(name, known);
  return known;
};

/** What the plugin of Kysely does to rows. */
function inCamelCase(row: Record<string, unknown>): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const name in row) named[camelCase(name)] = row[name];
  return named;
}

/** Ids as one value of a statement, however many they are. */
export type List = { readonly isList: true };

export interface Statements {
  /**
   * A statement that changes rows. Make it once per store: its text is that of its database.
   * @param build gets places in place of values, so it must not look into them
   * @returns runs it and gives the number of rows that it changed
   */
  change<G extends object>(build: Build<G, unknown>): (connection: Connection, given: G) => Promise<number>;
  /** The same for a statement that reads. */
  read<G extends object, R>(build: Build<G, R>): (connection: Connection, given: G) => Promise<R[]>;
  /** @returns the ids as a value for `inList` */
  list(ids: readonly string[]): List;
  /** What follows `in`. */
  inList(list: List): RawBuilder<string>;
}

/** @param direct null where statements go over the network */
export const createStatements = (direct: Direct | null): Statements => ({
  change(build) {
    const prepared = new Prepared(build, direct);
    return async (connection, given) => {
      const query = prepared.query(connection, given);
      const statement = prepared.direct(query);
      if (statement) return statement.run(query.parameters);
      return Number((await connection.executeQuery(query)).numAffectedRows ?? 0n);
    };
  },
  read<G extends object, R>(build: Build<G, R>) {
    const prepared = new Prepared(build, direct);
    return async (connection: Connection, given: G) => {
      const query = prepared.query(connection, given);
      const statement = prepared.direct(query);
      if (statement) return statement.all(query.parameters).map(inCamelCase) as R[];
      return (await connection.executeQuery(query)).rows;
    };
  },
  // SQLite binds no lists: it reads them out of a text.
  list: (ids) => (direct ? JSON.stringify(ids) : ids) as unknown as List,
  inList: (list) => (direct ? sql`(select value from json_each(${list}))` : sql`(select unnest(${list}::text[]))`),
});
