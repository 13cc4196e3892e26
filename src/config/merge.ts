// Brings a settings file into the settings that are there: entry by entry, lists whole.
import { isSection, sectionForm, sections } from './raw-setting.ts';
import type { RawSetting } from './raw-setting.ts';
import { isKept } from './secret-form.ts';
import { secretPlaces, withSecret } from './secret-place.ts';

const same = (a: RawSetting, b: RawSetting): boolean => a.section === b.section && a.name === b.name;

const isList = (section: string): boolean => isSection(section) && sectionForm[section] === 'list';

/** A kept secret of an export becomes the secret that is there; it stays as it is where there is none. */
function keepSecrets(setting: RawSetting, before: RawSetting | undefined): RawSetting {
  let kept = setting;
  for (const place of secretPlaces(setting)) {
    const there = before && secretPlaces(before).find(({ name }) => name === place.name);
    if (isKept(place.value) && there) kept = withSecret(kept, place, there.value);
  }
  return kept;
}

const rank = ({ section }: RawSetting): number => (isSection(section) ? sections.indexOf(section) : sections.length);

/**
 * What is stored after `file` is applied to `current`. An entry of the file takes the place of the entry of the same
 * section and name, wholly. What the file does not name stays; `name: null` removes. A list (rules, hotFolders) that the
 * file names takes the place of the whole list.
 * Gives the sections in their order.
 */
export function mergeRaw(current: readonly RawSetting[], file: readonly RawSetting[]): RawSetting[] {
  const lists = new Set(file.map(({ section }) => section).filter(isList));
  const stay = current.filter((row) => !lists.has(row.section));
  const merged = stay.flatMap((row) => {
    const next = file.find((entry) => same(entry, row));
    return next === undefined ? [row] : [keepSecrets(next, row)];
  });
  const added = file.filter((entry) => !stay.some((row) => same(entry, row)));
  return [...merged, ...added].filter(({ value }) => value !== null).toSorted((a, b) => rank(a) - rank(b));
}
