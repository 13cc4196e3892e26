// Facts of the machine that a figure means nothing without.
import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { median } from './figures.ts';

const syncs = 50;

/** Median time of an fsync after an append of 4 KB, where the benches write. */
function fsyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), 'outbox-bench-'));
  const file = openSync(join(folder, 'file'), 'a');
  const page = Buffer.alloc(4_096, 1);
  const once = (): number => {
    const from = performance.now();
    writeSync(file, page);
    fsyncSync(file);
    return performance.now() - from;
  };
  const times = Array.from({ length: syncs }, once);
  closeSync(file);
  rmSync(folder, { recursive: true });
  return median(times);
}

/** One line. */
export function machineFacts(): string {
  const all = cpus();
  const facts = [
    `${all.length} x ${all[0]?.model.trim() ?? 'unknown processor'}`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `Linux ${release()}`,
    `Node ${process.versions.node}`,
    `fsync of 4 KB ${fsyncMs().toFixed(2)} ms`,
    `load ${loadavg()[0]!.toFixed(1)} before the start`,
    new Date().toISOString().slice(0, 10),
  ];
  return facts.join(', ');
}
