// The stored settings as config reads them.
import { isSection, type RawSetting } from '../config/raw-setting.ts';
import type { Store } from '../store/store.ts';

export async function rawOf(store: Store): Promise<RawSetting[]> {
  const stored = await store.settings.all();
  return stored.flatMap(({ section, name, value }) => (isSection(section) ? [{ section, name, value }] : []));
}
