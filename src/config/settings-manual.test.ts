// Promises of docs/settings.md: it names every key and every preset, and its examples are taken.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { z } from 'zod';
import { presets } from './presets.ts';
import { sections } from './raw-setting.ts';
import * as schema from './schema.ts';
import { readSettingsFile } from './settings-file.ts';

const manual = await readFile(new URL('../../docs/settings.md', import.meta.url), 'utf8');

/** Every key of a mapping, those of mappings inside it too. */
function keysOf(type: unknown): string[] {
  if (type instanceof z.ZodOptional || type instanceof z.ZodNullable) return keysOf(type.unwrap());
  if (type instanceof z.ZodDiscriminatedUnion) return type.options.flatMap(keysOf);
  if (!(type instanceof z.ZodObject)) return [];
  return Object.entries(type.shape).flatMap(([key, inner]) => [key, ...keysOf(inner)]);
}

/** The part of the manual under a heading. */
function partOf(section: string): string {
  const part = manual.split(/^## /m).find((text) => text.startsWith(`${section}\n`));
  assert.ok(part !== undefined, `the manual has no section ${section}`);
  return part;
}

const types = {
  company: [schema.companySchema],
  documentTypes: [schema.documentTypeSchema],
  transports: [
    schema.smtpSchema,
    schema.driverSchema,
    schema.graphSchema,
    schema.outlookGraphSchema,
    schema.outlookImapSchema,
    schema.outlookFileSchema,
  ],
  rules: [schema.ruleSchema],
  users: [schema.userSchema],
  hotFolders: [schema.hotFolderSchema],
  customers: [schema.customerSchema],
};

for (const section of [...sections, 'customers'] as const) {
  test(`the manual explains every key of ${section}`, () => {
    const keys = types[section].flatMap(keysOf);
    assert.ok(keys.length > 0);
    // `file` of `ca` stands in its example.
    const missing = keys.filter((key) => !partOf(section).includes(`\`${key}\``) && key !== 'file');
    assert.deepEqual(missing, []);
  });
}

test('the manual names every preset', () => {
  assert.deepEqual(
    Object.keys(presets).filter((name) => !partOf('transports').includes(`\`${name}\``)),
    [],
  );
});

test('the examples of the manual are taken', () => {
  const examples = [...manual.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text ?? '');
  assert.ok(examples.length >= 3);
  for (const example of examples) assert.ok(readSettingsFile(example, 'docs/settings.md').raw.length > 0);
});
