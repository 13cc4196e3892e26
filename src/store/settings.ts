// Settings as a person wrote them, one row an entry. Checking and defaults are config's; here they only last.
import { appendEvents } from './events.ts';
import type { Connection, Database } from './schema.ts';

export interface StoredSetting {
  section: string;
  name: string;
  value: unknown;
}

interface Change {
  before: unknown;
  after: unknown;
}

const keyOf = (setting: { section: string; name: string }): string => `${setting.section}.${setting.name}`;

/** Writes one, beside whatever else is there. */
export async function putSetting(
  connection: Connection,
  { section, name, value }: StoredSetting,
  { at, by }: { at: number; by: string },
): Promise<void> {
  const row = { section, name, value: JSON.stringify(value), updatedAt: at, updatedBy: by };
  const { value: written, updatedAt, updatedBy } = row;
  await connection
    .insertInto('setting')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['section', 'name']).doUpdateSet({ value: written, updatedAt, updatedBy }),
    )
    .execute();
}

export const createSettings = (db: Database) => ({
  async all(): Promise<StoredSetting[]> {
    const rows = await db.selectFrom('setting').selectAll().orderBy('section').orderBy('name').execute();
    return rows.map(({ section, name, value }) => ({ section, name, value: JSON.parse(value) as unknown }));
  },

  /**
   * Makes the stored settings exactly these, in one transaction, and writes what changed to their history.
   * @param conceal what a value looks like in the history: secrets must not be in it
   */
  async replace(
    settings: readonly StoredSetting[],
    at: number,
    by: string,
    conceal: (value: unknown) => unknown,
  ): Promise<void> {
    await db.transaction().execute(async (connection) => {
      const rows = await connection.selectFrom('setting').selectAll().execute();
      const before = new Map(rows.map((row) => [keyOf(row), row]));
      const kept = new Set(settings.map(keyOf));
      const history: [string, Change][] = [];
      for (const row of rows) {
        if (kept.has(keyOf(row))) continue;
        await connection
          .deleteFrom('setting')
          .where('section', '=', row.section)
          .where('name', '=', row.name)
          .execute();
        history.push([keyOf(row), { before: JSON.parse(row.value) as unknown, after: null }]);
      }
      for (const setting of settings) {
        const value = JSON.stringify(setting.value);
        const old = before.get(keyOf(setting));
        if (old?.value === value) continue;
        const row = { section: setting.section, name: setting.name, value, updatedAt: at, updatedBy: by };
        await connection
          .insertInto('setting')
          .values(row)
          .onConflict((conflict) =>
            conflict.columns(['section', 'name']).doUpdateSet({ value, updatedAt: at, updatedBy: by }),
          )
          .execute();
        history.push([
          keyOf(setting),
          { before: old ? (JSON.parse(old.value) as unknown) : null, after: setting.value },
        ]);
      }
      await appendEvents(
        connection,
        history.map(([subjectId, change]) => ({
          subject: 'setting',
          subjectId,
          at,
          what: change.before === null ? 'new' : change.after === null ? 'removed' : 'changed',
          by,
          text: subjectId,
          evidence: { before: conceal(change.before), after: conceal(change.after) },
        })),
      );
    });
  },
});
