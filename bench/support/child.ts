// Other processes, measured: time, CPU, memory.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Usage {
  ms: number;
  cpuMs: number;
  peakMb: number;
}

export interface Running {
  end: Promise<Usage & { stdout: string }>;
  /** Resolves when it has said so on stderr. */
  says(words: RegExp): Promise<void>;
  stop(): void;
}

/** What is still running ends with the bench. */
const alive = new Set<ChildProcess>();
process.on('exit', () => alive.forEach((child) => child.kill('SIGKILL')));

function keep<T extends ChildProcess>(child: T): T {
  alive.add(child);
  child.once('close', () => alive.delete(child));
  return child;
}

const meter = join(import.meta.dirname, 'peak-memory.ts');

/**
 * A Node program as a child.
 * @param before words before the command, such as `ip netns exec NAME`
 */
export function startNode(args: readonly string[], before: readonly string[] = []): Running {
  const from = performance.now();
  const [command, ...rest] = [...before, process.execPath, '--import', meter, ...args] as [string, ...string[]];
  const child = keep(spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] }));
  let words = '';
  let stdout = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  const end = once(child, 'close').then(([code]) => {
    const ms = performance.now() - from;
    const found = /@measured (.*)/.exec(words);
    if (code !== 0 || !found) throw new Error(`${args.join(' ')} ended with ${String(code)}:\n${words}`);
    return { ms, stdout, ...(JSON.parse(found[1]!) as Omit<Usage, 'ms'>) };
  });
  // Whoever awaits it hears of a fault; until then it must not end the bench.
  end.catch(() => {});
  return {
    end,
    async says(wanted) {
      while (!wanted.test(words)) await Promise.race([once(child.stderr, 'data'), end]);
    },
    stop: () => void child.kill('SIGTERM'),
  };
}

/** Any other program: the shell measures its CPU. @throws with what it said when it fails */
export async function runTool(command: string, args: readonly string[]): Promise<Usage> {
  const from = performance.now();
  const script = 'TIMEFORMAT="@cpu %U %S"; time "$0" "$@"';
  const child = keep(spawn('bash', ['-c', script, command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] }));
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const ms = performance.now() - from;
  const found = /@cpu ([\d.]+) ([\d.]+)/.exec(words);
  if (code !== 0 || !found) throw new Error(`${command} ended with ${String(code)}:\n${words}`);
  return { ms, cpuMs: (Number(found[1]) + Number(found[2])) * 1_000, peakMb: 0 };
}

/** proc(5): parent, and ticks of a hundredth of a second; of itself and of children that are gone. */
function readStat(pid: string): { parent: number; ticks: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0);
    return { parent: Number(fields[1]), ticks };
  } catch {
    return null;
  }
}

/** CPU of a server and of all its children, dead or alive, since it was started. */
export function treeCpuMs(root: number): number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const stat = readStat(pid);
      return stat ? [{ pid: Number(pid), ...stat }] : [];
    });
  const sum = (pid: number): number =>
    (all.find((one) => one.pid === pid)?.ticks ?? 0) +
    all.filter(({ parent }) => parent === pid).reduce((ticks, child) => ticks + sum(child.pid), 0);
  return sum(root) * 10;
}
