import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchCommandLine, isBatchFile } from './windows-command-line.ts';

const lineOf = (...args: string[]): string => batchCommandLine('C:\\drivers\\send.cmd', args).at(-1)!;

test('every argument stands in double quotes, also an empty one and one without spaces', () => {
  assert.equal(lineOf('555', '', 'C:\\a b\\x.pdf'), '""C:\\drivers\\send.cmd" "555" "" "C:\\a b\\x.pdf""');
});

test('a quote is doubled and backslashes before it or the end are doubled', () => {
  assert.equal(lineOf('say "hi"'), '""C:\\drivers\\send.cmd" "say ""hi""""');
  assert.equal(lineOf('C:\\folder\\'), '""C:\\drivers\\send.cmd" "C:\\folder\\\\""');
  assert.equal(lineOf('a\\"b'), '""C:\\drivers\\send.cmd" "a\\\\""b""');
});

test('a percent sign names no variable', () => {
  assert.equal(lineOf('%PATH%'), '""C:\\drivers\\send.cmd" "%%cd:~,%PATH%%cd:~,%""');
});

test('delayed expansion, autorun commands and extensions are fixed by switches', () => {
  assert.deepEqual(batchCommandLine('C:\\x.bat', []).slice(0, -1), ['/d', '/e:ON', '/v:OFF', '/s', '/c']);
});

test('line ends and lines that cmd.exe would cut are refused', () => {
  for (const bad of ['a\nb', 'a\rb', 'a\0b']) assert.throws(() => lineOf(bad), RangeError);
  assert.throws(() => lineOf('x'.repeat(8200)), RangeError);
});

test('whatever an argument holds, no quote of it ends the quotes around it', () => {
  const hostile = fc.string({ unit: fc.constantFrom('"', '\\', '%', '&', '|', '^', '!', ' ', 'a') });
  fc.assert(
    fc.property(hostile, (argument) => {
      const line = lineOf(argument);
      const own = line.slice('""C:\\drivers\\send.cmd" "'.length, -2).replaceAll('%%cd:~,%', '%');
      assert.equal(own.replaceAll('""', '').includes('"'), false);
      assert.equal(/(^|[^\\])(\\\\)*$/.test(own), true, 'an odd backslash would swallow the closing quote');
    }),
  );
});

test('batch files are known in every disguise', () => {
  for (const path of ['a.bat', 'A.CMD', 'a.bat.', 'a.cmd . ', 'a.bat::$DATA']) assert.equal(isBatchFile(path), true);
  for (const path of ['a.exe', 'bat', 'a.bat.exe', 'a.ps1']) assert.equal(isBatchFile(path), false);
});
