// Runs one external program: no shell, its own process group, output kept but capped, ended when its time is over.
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { visibleText } from '../../message/control-characters.ts';
import { batchCommandLine, isBatchFile } from './windows-command-line.ts';

export interface Program {
  /** Full path. */
  command: string;
  args: readonly string[];
  env: Record<string, string>;
  folder: string;
  timeoutMs: number;
  /** Told at once when it runs. */
  onStart?: (pid: number) => void;
}

export type ProgramEnd = { output: string } & (
  | { end: 'exit'; code: number }
  | { end: 'signal'; signal: string }
  | { end: 'timeout' }
  /** It never ran. */
  | { end: 'not-started'; cause: Error }
);

/** Bytes of output that are kept, half of them of the beginning and half of the end: those say most. */
const mostOutput = 64 * 1024;
const half = mostOutput / 2;
/** Between asking a program to end and ending it. */
const graceMs = 2_000;
/** For output of a program that is gone: a child of its own may hold the pipe open for ever. */
const drainMs = 500;

interface Capture {
  text(): string;
}

function capture(child: ChildProcess): Capture {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let headSize = 0;
  let tailSize = 0;
  let lost = 0;
  const take = (chunk: Buffer): void => {
    const first = chunk.subarray(0, half - headSize);
    const rest = chunk.subarray(first.length);
    if (first.length > 0) head.push(first);
    headSize += first.length;
    if (rest.length === 0) return;
    tail.push(rest);
    tailSize += rest.length;
    while (tailSize - tail[0]!.length >= half) {
      const gone = tail.shift()!.length;
      tailSize -= gone;
      lost += gone;
    }
  };
  child.stdout?.on('data', take);
  child.stderr?.on('data', take);
  return {
    text() {
      const kept = Buffer.concat(tail).subarray(-half);
      const left = lost + tailSize - kept.length;
      const cut = left > 0 ? [Buffer.from(`\n(${left} more bytes of output were left out)\n`)] : [];
      return visibleText(Buffer.concat([...head, ...cut, kept]).toString('utf8')).trimEnd();
    },
  };
}

const start = ({ command, args, env, folder }: Program): ChildProcess => {
  const options = { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'] };
  if (process.platform !== 'win32') return spawn(command, [...args], { ...options, detached: true });
  if (!isBatchFile(command)) return spawn(command, [...args], { ...options, windowsHide: true });
  const shell = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'cmd.exe');
  const given = batchCommandLine(command, args);
  return spawn(shell, given, { ...options, windowsHide: true, windowsVerbatimArguments: true });
};

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on('error', () => {});
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

async function endGroup(child: ChildProcess, gone: Promise<unknown>): Promise<void> {
  signalGroup(child.pid!, 'SIGTERM');
  await Promise.race([gone, wait(graceMs, undefined, { ref: false })]);
  // Also when the program itself is gone: what it started may live on.
  signalGroup(child.pid!, 'SIGKILL');
}

/** Never throws for what the program does. */
export async function runProgram(program: Program): Promise<ProgramEnd> {
  let child: ChildProcess;
  try {
    child = start(program);
  } catch (error) {
    return { end: 'not-started', cause: error as Error, output: '' };
  }
  if (child.pid !== undefined) program.onStart?.(child.pid);
  const output = capture(child);
  const closed = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  const gone = new Promise<ProgramEnd>((resolve) => {
    child.once('error', (cause) => {
      if (child.pid === undefined) resolve({ end: 'not-started', cause, output: '' });
    });
    child.once('exit', (code, signal) =>
      resolve(signal === null ? { end: 'exit', code: code ?? 1, output: '' } : { end: 'signal', signal, output: '' }),
    );
  });
  const stop = new AbortController();
  const late = wait(program.timeoutMs, 'late' as const, { signal: stop.signal }).catch(() => 'late' as const);
  const first = await Promise.race([gone, late]);
  stop.abort();
  if (first === 'late') await endGroup(child, gone);
  await Promise.race([closed, wait(drainMs, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  if (first === 'late') return { end: 'timeout', output: output.text() };
  return { ...first, output: output.text() };
}
