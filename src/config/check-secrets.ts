// Tries every secret that the settings name, so that an unreadable one is told at apply and not at night.
import { wordsOf } from '../message/errors.ts';
import type { SecretSource, Settings, TransportSettings } from '../message/settings.ts';
import type { FaultAt } from './fault.ts';
import { checkKeyFile, type Login } from './oauth-check.ts';
import { isKept, secretHint } from './secret-form.ts';
import type { SecretKey } from './secret-key.ts';
import { isOpenToOthers, readSecret, secretName } from './secret-source.ts';

export interface SecretReport {
  faults: FaultAt[];
  /** Readable, and yet something to know. */
  notes: string[];
}

function hintOf(source: SecretSource, keys: readonly string[]): string {
  if ('env' in source) return `set ${source.env} where Outbox is started, or write { file: PATH }`;
  if ('file' in source) return 'check the path and the rights, or write { env: NAME }';
  const itself = keys[0] === 'password' ? 'the password itself' : 'the secret itself';
  return `${secretHint}, or ${itself}: it is sealed when it is stored`;
}

interface Named {
  /** Where it stands in the transport. */
  keys: readonly string[];
  source: SecretSource;
}

async function checkSecret({ keys, source }: Named, key: SecretKey, transport: string): Promise<SecretReport> {
  try {
    await readSecret(source, key, secretName(transport, keys));
    if (!('file' in source) || !(await isOpenToOthers(source.file))) return { faults: [], notes: [] };
    return { faults: [], notes: [`Anybody on this machine may read ${source.file}: chmod 600 ${source.file}`] };
  } catch (error) {
    const path = ['transports', transport, ...keys];
    return { faults: [{ path, detail: wordsOf(error), hint: hintOf(source, keys) }], notes: [] };
  }
}

/** How a transport logs in; null where it does not. */
function loginOf(transport: TransportSettings): Login | null {
  if (transport.kind === 'driver' || (transport.kind === 'outlook' && transport.by === 'file')) return null;
  return 'password' in transport ? transport : { ...transport, password: null };
}

function secretsOf({ password, oauth }: Login): Named[] {
  const named = [
    { keys: ['password'], source: password },
    { keys: ['oauth', 'secret'], source: oauth && oauth.kind !== 'google' ? oauth.secret : null },
    { keys: ['oauth', 'refreshToken'], source: oauth?.kind === 'refresh' ? oauth.refreshToken : null },
  ];
  // A kept secret with nothing kept is a fault of its own, told by checkSettings; so is one that is not sealed yet.
  return named.flatMap(({ keys, source }) =>
    source === null || isKept(source) || ('sealed' in source && source.sealed === '') ? [] : [{ keys, source }],
  );
}

/** The secrets that can not be read here and now, and those that others can read too. */
export async function checkSecrets(settings: Settings, key: SecretKey): Promise<SecretReport> {
  const report: SecretReport = { faults: [], notes: [] };
  const add = ({ faults, notes }: SecretReport): void => {
    report.faults.push(...faults);
    report.notes.push(...notes);
  };
  for (const transport of Object.values(settings.transports)) {
    const login = loginOf(transport);
    if (login === null) continue;
    for (const named of secretsOf(login)) add(await checkSecret(named, key, transport.name));
    if (login.oauth) add(await checkKeyFile(login.oauth, ['transports', transport.name]));
  }
  return report;
}
