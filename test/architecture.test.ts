// Keeps the folders of src/ in their order: who may know whom.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';

const src = resolve(import.meta.dirname, '../src');
const journey = ['message', 'config', 'store', 'intake', 'transport', 'tracking', 'dispatch'];
/** Who may know whom. A folder may always use itself; anything not listed is forbidden. Only main.ts is free. */
const mayUse: Record<string, string[]> = {
  message: [],
  config: ['message'],
  store: ['message'],
  intake: ['message', 'store'],
  transport: ['message'],
  tracking: ['message', 'store'],
  dispatch: ['message', 'store'],
  desk: journey,
  server: [...journey, 'desk'],
  cli: [...journey, 'desk'],
};
/** Single files open to a folder that may not use the rest of theirs. */
const openTo: Record<string, string[]> = { 'server/contract.ts': ['cli'], 'server/client.ts': ['cli'] };
/** Packages that only one folder may touch, so a swap stays a one-folder change. None: for tests and benchmarks only. */
const keptTo: Record<string, string[]> = {
  kysely: ['store'],
  pg: ['store'],
  'libphonenumber-js': ['message', 'config'],
  zod: ['config', 'server'],
  fastify: ['server'],
  '@fastify/multipart': ['server'],
  '@fastify/cookie': ['server'],
  'prom-client': ['server'],
  commander: ['cli'],
  imapflow: ['transport', 'tracking'],
  nodemailer: [],
};

const imports = (text: string) => [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map((m) => m[1]!);

test('a message travels one way', () => {
  const wrong: string[] = [];
  for (const file of globSync('**/*.ts', { cwd: src, exclude: (path) => path.endsWith('.test.ts') })) {
    const from = file.split('/')[0]!;
    for (const to of imports(readFileSync(resolve(src, file), 'utf8'))) {
      if (to.startsWith('.')) {
        const target = relative(src, resolve(src, dirname(file), to));
        const folder = target.split('/')[0]!;
        const allowed =
          from === 'main.ts' || folder === from || mayUse[from]?.includes(folder) || openTo[target]?.includes(from);
        if (!allowed) wrong.push(`${file} may not use ${target}`);
      } else if (keptTo[to] && !keptTo[to].includes(from)) wrong.push(`${file} may not use the package ${to}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('every file says in its first line what belongs there', () => {
  const silent = globSync('**/*.ts', { cwd: src }).filter(
    (file) => !file.endsWith('.test.ts') && !readFileSync(resolve(src, file), 'utf8').startsWith('// '),
  );
  assert.deepEqual(silent, []);
});
