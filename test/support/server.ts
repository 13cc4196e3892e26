// The server as it runs, on a port of its own and a data folder of its own, with people and programs of every role.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { makeSecretKey } from '../../src/config/secret-key.ts';
import type { Opened } from '../../src/desk/opened.ts';
import { concealSecrets } from '../../src/config/conceal.ts';
import type { Customer, UserRole } from '../../src/message/settings.ts';
import type { Transport } from '../../src/message/transport.ts';
import { buildApp, closeApp } from '../../src/server/app.ts';
import { openClient } from '../../src/server/client.ts';
import { openLive } from '../../src/server/live.ts';
import { hashPassword } from '../../src/desk/password.ts';
import { type Bounds, type ServerParts, usualBounds } from '../../src/server/parts.ts';
import { hashToken } from '../../src/server/token.ts';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import { newId } from '../../src/store/id.ts';
import { openStore } from '../../src/store/store.ts';
import { rawOf } from '../../src/desk/raw-settings.ts';
import { checkSettings } from '../../src/config/check-settings.ts';
import { sampleCustomer } from './samples.ts';
import { temporaryFolder } from './temporary.ts';

export const goodPassword = 'correct horse battery';

const type = (name: string) => ({
  name,
  fileName: `${name} {{ document.number }}.pdf`,
  email: { subject: `${name} {{ document.number }}`, note: 'Please find it attached.', transport: 'office' },
  fax: { subject: `${name} {{ document.number }}`, note: 'It follows.', transport: 'efax' },
});

const settings = [
  {
    section: 'company',
    name: '',
    value: { code: 'ACME', name: 'Acme Petroleum', email: 'billing@acme.example', country: 'US' },
  },
  { section: 'documentTypes', name: 'invoice', value: type('Invoice') },
  { section: 'transports', name: 'office', value: { kind: 'smtp', host: 'mail.acme.example' } },
  {
    section: 'transports',
    name: 'efax',
    value: { kind: 'smtp', host: 'mail.acme.example', address: '{{ fax.digits }}@efax.example' },
  },
];

const works: Transport = {
  name: 'office',
  connections: 1,
  send: () =>
    Promise.resolve({ result: 'accepted', reply: { code: 250, enhanced: null, text: 'taken' }, transcript: '' }),
  test: () =>
    Promise.resolve({ ok: true, steps: [{ step: 'connect', ok: true, text: 'Fine.', ms: 1 }], transcript: '' }),
  close: () => Promise.resolve(),
};

/** @param store one that is open already, or a new one */
export async function openInstallation(
  t: TestContext,
  store?: Opened['store'],
  customers?: Customer[],
): Promise<Opened> {
  const data = await temporaryFolder(t);
  let own = store;
  if (!own) {
    own = await openStore(join(data, 'outbox.db'));
    const opened = own;
    t.after(() => opened.close());
    await own.settings.replace(settings, 0, 'test', concealSecrets);
    await own.customers.save(customers ?? [sampleCustomer()], 0, 'import', () => 'new');
  }
  const files = join(data, 'files');
  await mkdir(files);
  const kept = own;
  return {
    data,
    store: kept,
    files: openDiskFiles(files),
    key: makeSecretKey(Buffer.alloc(32, 1)),
    identity: { fault: () => Promise.resolve(null) },
    settings: async () => checkSettings(await rawOf(kept)),
    transport: () => Promise.resolve(works),
    failpoint: () => {},
  };
}

export interface TestServer {
  url: string;
  opened: Opened;
  parts: ServerParts;
  /** What it told the console. */
  told: string[];
  /** Token of the first link. */
  setup: string;
  /** A person who can sign in with `goodPassword`. */
  addUser(name: string, role: UserRole, anyAddress?: boolean): Promise<void>;
  /** A program's key. */
  addKey(role: UserRole, anyAddress?: boolean): Promise<string>;
  client(key: string): ReturnType<typeof openClient>;
  /** Signs in as a browser does. @returns the cookie to send */
  signIn(name: string, password?: string): Promise<string>;
  stop(): Promise<void>;
}

export async function openServer(
  t: TestContext,
  given: { opened?: Opened; bounds?: Partial<Bounds>; change?: Partial<ServerParts> } = {},
): Promise<TestServer> {
  const opened = given.opened ?? (await openInstallation(t));
  const told: string[] = [];
  const tell = (text: string): void => void told.push(text);
  const setup = 'the-token-of-the-first-link';
  const parts: ServerParts = {
    opened,
    now: Date.now,
    tell,
    bounds: { ...usualBounds, ...given.bounds },
    secure: false,
    behindProxy: false,
    isLocal: true,
    live: openLive(opened.store, { everyMs: 5, tell }),
    setup: { hash: hashToken(setup) },
    checkAnswers: true,
    version: '0.0.0',
    ...given.change,
  };
  const app = await buildApp(parts, null);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  let isOver = false;
  const stop = async (): Promise<void> => {
    if (isOver) return;
    isOver = true;
    await closeApp(app, parts);
  };
  t.after(stop);
  const deed = { by: 'test', at: Date.now() };
  /** One hash for all: it is made to be slow. */
  let hash: Promise<string> | null = null;
  return {
    url,
    opened,
    parts,
    told,
    setup,
    async addUser(name, role, anyAddress = false) {
      const password = await (hash ??= hashPassword(goodPassword));
      await opened.store.accounts.make({ name, password, rights: { role, anyAddress } }, deed);
    },
    async addKey(role, anyAddress = false) {
      const key = `obx_${newId().replaceAll('-', '')}${newId().replaceAll('-', '')}`;
      await opened.store.apiKeys.add({
        id: newId(),
        name: `test ${role}`,
        hash: hashToken(key),
        role,
        anyAddress: anyAddress ? 1 : 0,
        createdAt: deed.at,
        createdBy: 'test',
        usedAt: null,
        revokedAt: null,
      });
      return key;
    },
    client: (key) => openClient({ url, key }),
    async signIn(name, password = goodPassword) {
      const answer = await fetch(`${url}/api/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin: url },
        body: JSON.stringify({ name, password }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return answer.headers.getSetCookie()[0]!.split(';')[0]!;
    },
    stop,
  };
}
