// Takes settings as text, all of it or nothing, or shows what that would change.
import { concealSecrets } from '../config/conceal.ts';
import { type Change, differenceOf } from '../config/difference.ts';
import type { ListedCustomer } from '../config/listed-customer.ts';
import { planApply } from '../config/plan-apply.ts';
import type { RawSetting } from '../config/raw-setting.ts';
import type { Customer, Settings } from '../message/settings.ts';
import type { Store } from '../store/store.ts';
import type { Opened } from './opened.ts';
import { rawOf } from './raw-settings.ts';

export interface SettingsText {
  text: string;
  /** What the person calls it. */
  file: string;
  by: string;
  /** Looks at what the settings would be, before anything is written; what it throws refuses them. */
  check?: (settings: Settings) => Promise<void>;
}

export interface Applied {
  changes: Change[];
  /** Customers that the text names. */
  customers: number;
  /** For the person: nothing is wrong, and yet something to know. */
  notes: string[];
}

/** Customers written in the settings file are a person's word: an import does not overwrite them. */
const customerOf = (
  { given: _, ...listed }: ListedCustomer,
  company: string,
  by: string,
  source: string,
): Customer => ({
  ...listed,
  company,
  source,
  owners: Object.fromEntries(['name', 'email', 'fax', 'deliver'].map((field) => [field, `${by} (settings file)`])),
});

/** What the directory says of a customer, as an entry of the settings. */
function entryOf({ number, company: _c, owners: _o, source: _s, ...fields }: Customer): RawSetting {
  const isSaid = (value: unknown): boolean => value !== null && !(Array.isArray(value) && value.length === 0);
  return {
    section: 'customers',
    name: number,
    value: Object.fromEntries(Object.entries(fields).filter(([, value]) => isSaid(value))),
  };
}

/** The customers of the file that the directory does not hold in the same way, and what is different. */
async function compare(listed: readonly Customer[], { store, company }: { store: Store; company: string }) {
  const before = await store.customers.find(
    company,
    listed.map(({ number }) => number),
  );
  const changes = differenceOf([...before.values()].map(entryOf), listed.map(entryOf));
  const changed = new Set(changes.map(({ name }) => name));
  const owners = (one: Customer | undefined): string => JSON.stringify(one?.owners ?? null);
  const customers = listed.filter((one) => changed.has(one.number) || owners(before.get(one.number)) !== owners(one));
  return { changes, customers };
}

/** @throws SettingsError (OBX160) with every fault: then nothing is changed */
export async function applySettingsText(
  { text, file, by, check }: SettingsText,
  { store, key }: Pick<Opened, 'store' | 'key'>,
  dryRun: boolean,
): Promise<Applied> {
  const plan = await planApply({ text, file, current: await rawOf(store), key });
  await check?.(plan.settings);
  const company = plan.settings.company.code;
  const listed = plan.customers.map((one) => customerOf(one, company, by, file));
  const directory = await compare(listed, { store, company });
  if (!dryRun) {
    await store.settings.replace(plan.after, Date.now(), by, concealSecrets);
    await store.customers.save(directory.customers, Date.now(), by, () => `applied from ${file}`);
  }
  return {
    changes: [...plan.changes, ...directory.changes],
    customers: plan.customers.length,
    notes: plan.notes,
  };
}
