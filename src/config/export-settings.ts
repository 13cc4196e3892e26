// Settings as the text of a settings file: applied again, it changes nothing.
import { stringify } from 'yaml';
import type { Customer } from '../message/settings.ts';
import { sectionForm, sections } from './raw-setting.ts';
import type { RawSetting, Section } from './raw-setting.ts';
import { isSecretSource, keptText } from './secret-form.ts';
import { secretPlaces, withSecret } from './secret-place.ts';

const comments: Record<Section | 'customers', string> = {
  company: 'Who sends.',
  documentTypes: 'Subject, note, file name and transports of each type of document.',
  transports: 'The ways out: mail servers, fax gateways, drivers.',
  rules: 'Channels for classes of customers; the first that fits holds.',
  users: 'Who may do what.',
  hotFolders: 'Folders that are looked at for new documents.',
  customers: 'The directory.',
};

const head = `# Settings of Outbox. Apply with: outbox apply FILE.yaml
# A secret "${keptText}" is not in this file; applied here again, it stays as it is.
`;

/** A reference goes out as it is; what is sealed, or was written in any other way, stays here. */
function keepSecretsHere(setting: RawSetting): RawSetting {
  let kept = setting;
  for (const place of secretPlaces(setting)) {
    const isReference = place.value === null || (isSecretSource(place.value) && !('sealed' in place.value));
    if (!isReference) kept = withSecret(kept, place, { sealed: keptText });
  }
  return kept;
}

function treeOf(section: Section, rows: readonly RawSetting[]): unknown {
  const own = rows.filter((row) => row.section === section).map(keepSecretsHere);
  if (own.length === 0) return undefined;
  if (sectionForm[section] === 'single') return own[0]?.value;
  if (sectionForm[section] === 'named') return Object.fromEntries(own.map(({ name, value }) => [name, value]));
  return own.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(({ value }) => value);
}

/** Empty fields are left out: that is what they mean. */
function customerTree({
  number: _number,
  company: _company,
  owners: _owners,
  source: _source,
  note,
  ...fields
}: Customer): unknown {
  const notes = Object.fromEntries(Object.entries(note).filter(([, text]) => text !== null));
  const all = Object.entries({ ...fields, note: notes });
  return Object.fromEntries(all.filter(([, value]) => value !== null && Object.keys(value).length > 0));
}

const block = (section: Section | 'customers', tree: unknown): string =>
  `\n# ${comments[section]}\n${stringify({ [section]: tree }, { version: '1.2', schema: 'core', lineWidth: 0, aliasDuplicateObjects: false })}`;

/**
 * The settings, and the customers where they are given, as YAML. Secrets by reference stay references; sealed ones are
 * named, not given.
 */
export function exportSettings(raw: readonly RawSetting[], customers: readonly Customer[] = []): string {
  const parts = sections.flatMap((section) => {
    const tree = treeOf(section, raw);
    return tree === undefined ? [] : [block(section, tree)];
  });
  if (customers.length > 0) {
    parts.push(
      block('customers', Object.fromEntries(customers.map((customer) => [customer.number, customerTree(customer)]))),
    );
  }
  return head + parts.join('');
}
