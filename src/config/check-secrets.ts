// Tries every secret that the settings name, so that an unreadable one is told at apply and not at night.
import { wordsOf } from '../message/errors.ts';
import type { SecretSource, Settings } from '../message/settings.ts';
import type { FaultAt } from './fault.ts';
import { isKept, secretHint } from './secret-form.ts';
import type { SecretKey } from './secret-key.ts';
import { isOpenToOthers, passwordName, readSecret } from './secret-source.ts';

export interface SecretReport {
  faults: FaultAt[];
  /** Readable, and yet something to know. */
  notes: string[];
}

function hintOf(source: SecretSource): string {
  if ('env' in source) return `set ${source.env} where Outbox is started, or write { file: PATH }`;
  if ('file' in source) return 'check the path and the rights, or write { env: NAME }';
  return `${secretHint}, or the password itself: it is sealed when it is stored`;
}

async function checkSecret(source: SecretSource, key: SecretKey, transport: string): Promise<SecretReport> {
  const name = passwordName(transport);
  try {
    await readSecret(source, key, name);
    if (!('file' in source) || !(await isOpenToOthers(source.file))) return { faults: [], notes: [] };
    return { faults: [], notes: [`Anybody on this machine may read ${source.file}: chmod 600 ${source.file}`] };
  } catch (error) {
    return {
      faults: [{ path: ['transports', transport, 'password'], detail: wordsOf(error), hint: hintOf(source) }],
      notes: [],
    };
  }
}

/** The secrets that can not be read here and now, and those that others can read too. */
export async function checkSecrets(settings: Settings, key: SecretKey): Promise<SecretReport> {
  const report: SecretReport = { faults: [], notes: [] };
  for (const transport of Object.values(settings.transports)) {
    // A kept secret with nothing kept is a fault of its own, told by checkSettings.
    if (transport.kind !== 'smtp' || transport.password === null || isKept(transport.password)) continue;
    const { faults, notes } = await checkSecret(transport.password, key, transport.name);
    report.faults.push(...faults);
    report.notes.push(...notes);
  }
  return report;
}
