// What applying a settings file comes to: everything is checked first, and all faults are told at once. Stores nothing.
import type { Settings } from '../message/settings.ts';
import { checkSecrets } from './check-secrets.ts';
import { examineSettings } from './check-settings.ts';
import { checkDelivery } from './cross-check.ts';
import { differenceOf } from './difference.ts';
import type { Change } from './difference.ts';
import { locate, SettingsError, writeFault, writePath } from './fault.ts';
import type { SettingsFault } from './fault.ts';
import { checkCustomers } from './listed-customer.ts';
import type { ListedCustomer } from './listed-customer.ts';
import { mergeRaw } from './merge.ts';
import type { RawSetting } from './raw-setting.ts';
import { sealRaw, secretsInClear } from './sealing.ts';
import type { SecretKey } from './secret-key.ts';
import { parseSettingsFile } from './settings-file.ts';

export interface Plan {
  /** What is to be stored in place of what is there. */
  after: RawSetting[];
  settings: Settings;
  /** For the directory. */
  customers: ListedCustomer[];
  changes: Change[];
  /** For the person: nothing is wrong, and yet something to know. */
  notes: string[];
}

export interface ApplyRequest {
  text: string;
  /** What the person calls it. */
  file: string;
  /** What is stored now. */
  current: readonly RawSetting[];
  key: SecretKey;
}

const clearNote = (file: string, name: string): string =>
  `${file} still holds ${name} in clear. It is stored sealed; take it out of the file, or write { env: NAME } or { file: PATH }.`;

/** A customer may wait for a document type that comes later, so this is no fault. */
const unknownTypes = (customers: readonly ListedCustomer[], settings: Settings): string[] =>
  customers.flatMap(({ number, deliver }) =>
    checkDelivery(deliver, Object.keys(settings.documentTypes), ['customers', number, 'deliver']).map(
      ({ path, detail, hint }) => writeFault({ line: null, path: writePath(path), detail, hint }),
    ),
  );

/** The same fault is found in the file and in the whole. */
const once = (faults: readonly SettingsFault[]): SettingsFault[] => [
  ...new Map(faults.map((fault) => [JSON.stringify([fault.path, fault.detail]), fault])).values(),
];

/**
 * Everything that `outbox apply` needs, and all of `--dry-run`.
 * @throws SettingsError (OBX160) with every fault of the file, of the settings that it makes, and of unreadable secrets
 */
export async function planApply({ text, file, current, key }: ApplyRequest): Promise<Plan> {
  const read = parseSettingsFile(text);
  if (read.broken) throw new SettingsError(file, read.faults);
  const { raw, customers, lineOf } = read.file;
  const after = sealRaw(mergeRaw(current, raw), key, current);
  const { settings, faults } = examineSettings(after);
  const secrets = await checkSecrets(settings, key);
  const whole = locate([...faults, ...secrets.faults], lineOf);
  const all = once([...read.faults, ...whole]);
  if (all.length > 0) throw new SettingsError(file, all);
  const notes = [
    ...secretsInClear(raw).map((name) => clearNote(file, name)),
    ...secrets.notes,
    ...unknownTypes(customers, settings),
    ...locate(checkCustomers(customers, settings.company.country), lineOf).map(writeFault),
  ];
  return { after, settings, customers, changes: differenceOf(current, after), notes };
}
