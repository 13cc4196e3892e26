// Tests of finding a manifest's files, and of not leaving its folder.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { manifestFolder } from './path.ts';

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'manifest-')));
  const folder = join(root, 'run');
  await mkdir(join(folder, 'pdf'), { recursive: true });
  await mkdir(join(root, 'run-other'));
  await writeFile(join(folder, 'a.pdf'), 'a');
  await writeFile(join(folder, 'pdf', 'b.pdf'), 'b');
  await writeFile(join(root, 'run-other', 'secret.pdf'), 's');
  try {
    await work(folder);
  } finally {
    await rm(root, { recursive: true });
  }
}

test('a file beside the manifest or in a folder under it is found, with either separator', () =>
  withFolder(async (folder) => {
    assert.deepEqual(await manifestFolder(folder)('a.pdf'), { ok: true, path: join(folder, 'a.pdf'), size: 1 });
    const inner = { ok: true, path: join(folder, 'pdf', 'b.pdf'), size: 1 };
    for (const name of ['pdf/b.pdf', 'pdf\\b.pdf', './pdf/b.pdf']) {
      assert.deepEqual(await manifestFolder(folder)(name), inner, name);
    }
  }));

test('a file that is not there, or is a folder, is missing', () =>
  withFolder(async (folder) => {
    for (const name of ['none.pdf', 'none/a.pdf', 'a.pdf/b.pdf', 'pdf']) {
      assert.deepEqual(await manifestFolder(folder)(name), { ok: false, reason: 'missing-file' }, name);
    }
  }));

test('no name leads out of the folder', () =>
  withFolder(async (folder) => {
    await symlink(join(folder, '..', 'run-other', 'secret.pdf'), join(folder, 'link.pdf'));
    await symlink(join(folder, '..', 'run-other'), join(folder, 'away'));
    const names = [
      '../run-other/secret.pdf',
      '..\\run-other\\secret.pdf',
      'pdf/../../run-other/secret.pdf',
      '/etc/hostname',
    ];
    const others = [
      '\\etc\\hostname',
      'C:\\a.pdf',
      'c:a.pdf',
      '\\\\server\\share\\a.pdf',
      'a.pdf\0.txt',
      'link.pdf',
      'away/secret.pdf',
    ];
    for (const name of [...names, ...others, '', '.', 'pdf/..']) {
      await assert.rejects(manifestFolder(folder)(name), { code: 'OBX140', kind: 'usage' }, name);
    }
  }));

test('a link that stays in the folder is followed, also when the folder is reached by a link', () =>
  withFolder(async (folder) => {
    await symlink(join(folder, 'pdf', 'b.pdf'), join(folder, 'link.pdf'));
    await symlink(folder, join(folder, '..', 'to-run'));
    const expected = { ok: true, path: join(folder, 'pdf', 'b.pdf'), size: 1 };
    assert.deepEqual(await manifestFolder(join(folder, '..', 'to-run'))('link.pdf'), expected);
  }));
