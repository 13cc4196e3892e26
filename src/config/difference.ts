// What an apply would change, in lines for people. No secret is ever in them.
import { isDeepStrictEqual } from 'node:util';
import { isMapping } from './raw-setting.ts';
import type { RawSetting } from './raw-setting.ts';
import { showSecret } from './secret-form.ts';
import { secretPlaces, withSecret } from './secret-place.ts';

export interface Change {
  section: string;
  name: string;
  kind: 'new' | 'changed' | 'removed';
  /** Such as "tls: required → none". */
  lines: string[];
}

/** The entry with its secrets unreadable. */
function hideSecrets(setting: RawSetting): unknown {
  let hidden = setting;
  for (const place of secretPlaces(setting)) hidden = withSecret(hidden, place, showSecret(place.value));
  return hidden.value;
}

/** Every end of the tree with its path: "limits.perDay" → 9000. */
function flatten(value: unknown, path = ''): Map<string, unknown> {
  if (!isMapping(value) || Object.keys(value).length === 0) return new Map([[path, value]]);
  const under = (key: string): string => (path === '' ? key : `${path}.${key}`);
  return new Map(Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, under(key))]));
}

const longest = 80;

function print(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}

function line(path: string, before: unknown, after: unknown): string {
  const label = path === '' ? '' : `${path}: `;
  if (before === undefined) return `${label}${print(after)}`;
  if (after === undefined) return `${label}${print(before)} → (default)`;
  const [from, to] = [print(before), print(after)];
  return from === to ? `${label}changed within the text` : `${label}${from} → ${to}`;
}

function changedLines(before: unknown, after: unknown): string[] {
  const [from, to] = [flatten(before), flatten(after)];
  const paths = new Set([...from.keys(), ...to.keys()]);
  return [...paths].flatMap((path) =>
    isDeepStrictEqual(from.get(path), to.get(path)) ? [] : [line(path, from.get(path), to.get(path))],
  );
}

/** Both are secret, so they look the same: said apart. */
function secretLines(before: RawSetting, after: RawSetting): string[] {
  return secretPlaces(after).flatMap(({ name, keys, value }) => {
    const there = secretPlaces(before).find((place) => place.name === name)?.value;
    const looksSame = isDeepStrictEqual(showSecret(there), showSecret(value));
    return looksSame && !isDeepStrictEqual(there, value) ? [`${keys.join('.')}: another secret`] : [];
  });
}

function changeOf(before: RawSetting | undefined, after: RawSetting): Change[] {
  const { section, name } = after;
  if (before === undefined) {
    return [
      {
        section,
        name,
        kind: 'new',
        lines: [...flatten(hideSecrets(after))].map(([path, value]) => line(path, undefined, value)),
      },
    ];
  }
  if (isDeepStrictEqual(before.value, after.value)) return [];
  const lines = [...changedLines(hideSecrets(before), hideSecrets(after)), ...secretLines(before, after)];
  return [{ section, name, kind: 'changed', lines }];
}

/** The changes from one state of the settings to another, in the order of `after`, removals last. */
export function differenceOf(before: readonly RawSetting[], after: readonly RawSetting[]): Change[] {
  const find = (rows: readonly RawSetting[], { section, name }: RawSetting): RawSetting | undefined =>
    rows.find((row) => row.section === section && row.name === name);
  const removed = before.filter((row) => find(after, row) === undefined);
  return [
    ...after.flatMap((row) => changeOf(find(before, row), row)),
    ...removed.map(({ section, name }): Change => ({ section, name, kind: 'removed', lines: [] })),
  ];
}
