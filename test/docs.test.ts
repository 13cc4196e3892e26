// The manual is right: its settings are taken, its commands and options exist, its links lead somewhere.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { Command } from 'commander';
import { registerCommands } from '../src/cli/commands.ts';
import { examineSettings } from '../src/config/check-settings.ts';
import { mergeRaw } from '../src/config/merge.ts';
import { parseSettingsFile } from '../src/config/settings-file.ts';

const root = join(import.meta.dirname, '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

const blocks = (page: string, language: string): string[] =>
  [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((found) => found[1]!);

const base = `company: { code: ACME, name: Acme, email: billing@acme.example }
documentTypes: { invoice: { name: Invoice, fileName: a.pdf, email: { subject: s, note: n }, fax: { subject: s, note: n } } }
`;

function rawOf(text: string) {
  const read = parseSettingsFile(text);
  assert.ok(!read.broken, text);
  assert.deepEqual(read.faults, []);
  return read.file.raw;
}

for (const page of pages) {
  for (const [at, yaml] of blocks(page, 'yaml').entries()) {
    if (page === 'docs/settings.md') continue;
    test(`${page}: settings ${at + 1} are taken`, () => {
      const { faults } = examineSettings(mergeRaw(mergeRaw([], rawOf(base)), rawOf(yaml)));
      assert.deepEqual(faults, []);
    });
  }
}

test('every command of the manual exists, with its options', async () => {
  const program = new Command();
  await registerCommands(program, () => () => Promise.resolve(), []);
  const shared = ['--data', '--database', '--json'];
  const wrong: string[] = [];
  for (const page of pages) {
    for (const [line] of blocks(page, 'sh')
      .join('\n')
      .matchAll(/^outbox .*$/gm)) {
      const words = line
        .replace(/\s+#.*$/, '')
        .split(/\s+/)
        .slice(1);
      while (words[0]?.startsWith('--')) words.splice(0, 2);
      let command = program.commands.find((one) => one.name() === words[0]);
      command = command?.commands.find((one) => one.name() === words[1]) ?? command;
      const options = [...(command?.options.map(({ long }) => long) ?? []), ...shared];
      if (!command || words.some((word) => word.startsWith('--') && !options.includes(word)))
        wrong.push(`${page}: ${line}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('every link between the pages leads somewhere', () => {
  const broken = pages.flatMap((page) =>
    [...textOf(page).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)]
      .map((found) => join(dirname(page), found[1]!))
      .filter((target) => !existsSync(join(root, target)))
      .map((target) => `${page}: ${target}`),
  );
  assert.deepEqual(broken, []);
});
