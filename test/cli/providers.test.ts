// The pages of the providers are right: what they show is taken by outbox apply, and every preset has lines that are.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { presetSnippet } from '../../src/config/preset-snippet.ts';
import { presets } from '../../src/config/presets.ts';
import { applySettings, newOutbox, settingsYaml } from '../support/outbox.ts';

const folder = join(import.meta.dirname, '../../docs/providers');
const pages = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
const base = settingsYaml('  office: { kind: smtp, host: h.example }').replace('transport: faxes', 'cover: never');

/** The passwords that it names, each with a value. */
const passwordsOf = (yaml: string): Record<string, string> =>
  Object.fromEntries([...yaml.matchAll(/\{ env: (\w+) \}/g)].map((found) => [found[1]!, 'secret']));

suite('outbox apply --dry-run takes', () => {
  for (const { name, text } of pages) {
    test(`docs/providers/${name}`, async (t) => {
      const blocks = [...text.matchAll(/^```yaml\n([^]*?)^```/gm)].map((found) => found[1]!);
      assert.ok(blocks.length > 0);
      const outbox = await newOutbox(t);
      await applySettings(outbox, base);
      for (const [at, yaml] of blocks.entries()) {
        await writeFile(join(outbox.folder, `${at}.yaml`), yaml);
        const { code, stderr } = await outbox.runWith(passwordsOf(yaml), 'apply', `${at}.yaml`, '--dry-run');
        assert.equal(code, 0, stderr);
      }
    });
  }

  test('the lines of every preset', async (t) => {
    const outbox = await newOutbox(t);
    await applySettings(outbox, base);
    const snippets = Object.entries(presets).map(([name, preset]) => presetSnippet(name, preset));
    const all = ['transports:', ...snippets.map((snippet) => snippet.replace('transports:\n', ''))].join('\n');
    await writeFile(join(outbox.folder, 'all.yaml'), all);
    const { code, stderr, stdout } = await outbox.runWith(passwordsOf(all), 'apply', 'all.yaml', '--dry-run');
    assert.equal(code, 0, stderr);
    for (const name of Object.keys(presets)) assert.match(stdout, new RegExp(`transports\\.${name}\\b`));
  });
});

test('every preset but a fax gateway, a mailbox and the relay of Google has a page', () => {
  const elsewhere = ['office365', 'google-relay', 'google-mailbox'];
  const wanted = Object.entries(presets).filter(([name, { address }]) => !address && !elsewhere.includes(name));
  const missing = wanted.filter(([name]) => !pages.some(({ text }) => text.includes(`preset: ${name}\n`)));
  assert.deepEqual(
    missing.map(([name]) => name),
    [],
  );
});
