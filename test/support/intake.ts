// Intake on a fresh data folder, in the process of the test: documents by command and by manifest, and what became of them.
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CommandRequest, commandRun } from '../../src/intake/command-run.ts';
import { readManifestRun } from '../../src/intake/manifest-run.ts';
import type { IntakeParts } from '../../src/intake/parts.ts';
import { takeIn, type TakenIn } from '../../src/intake/take-in.ts';
import type { Message } from '../../src/message/message.ts';
import type { Customer, Settings } from '../../src/message/settings.ts';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import { newId } from '../../src/store/id.ts';
import { openStore } from '../../src/store/store.ts';
import { at, sampleCustomer } from './samples.ts';
import { sampleSettings } from './settings.ts';
import { temporaryFolder } from './temporary.ts';

export interface OpenIntake {
  folder: string;
  parts: IntakeParts;
  clock: { now: number };
  /** Writes a file and gives its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  send(files: readonly string[], request: Partial<CommandRequest>): Promise<TakenIn>;
  /** Takes in the text of a CSV manifest in the folder. */
  manifest(text: string): Promise<TakenIn>;
  all(): Promise<Message[]>;
}

/** With the one customer 01-ABF unless told otherwise. */
export async function openIntake(
  t: TestContext,
  settings: Settings = sampleSettings(),
  customers: Customer[] = [sampleCustomer()],
): Promise<OpenIntake> {
  const root = await temporaryFolder(t);
  const store = await openStore(join(root, 'outbox.db'));
  t.after(() => store.close());
  await store.customers.save(customers, 0, 'import', () => 'new');
  const clock = { now: at };
  const parts: IntakeParts = {
    store,
    files: openDiskFiles(join(root, 'files')),
    settings,
    by: 'test',
    now: () => clock.now,
    newSeed: () => newId().replaceAll('-', ''),
    newId,
  };
  const folder = join(root, 'run');
  await mkdir(folder);
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  return {
    folder,
    parts,
    clock,
    file,
    send: (files, request) =>
      takeIn(commandRun(files, { type: 'invoice', hold: false, notBefore: null, ...request }), parts, {
        dryRun: false,
      }),
    async manifest(text) {
      const path = await file('manifest.csv', text);
      const run = await readManifestRun(Buffer.from(text), path, { source: `manifest ${basename(path)}`, hold: false });
      return takeIn(run, parts, { dryRun: false });
    },
    all: () => store.messages.find({}),
  };
}
