// SYCEML.DBG: the dialogue of every transport whose host is written with [DEBUG], until it is 10 MB or a day old.
import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import type { DebugSink } from './transcript.ts';

export interface DebugLimits {
  bytes: number;
  ageMs: number;
}

export const debugLimits: DebugLimits = { bytes: 10 * 1024 * 1024, ageMs: 24 * 3_600_000 };

interface Found {
  bytes: number;
  /** When it was begun, epoch ms. */
  since: number;
}

function openFile(path: string, now: number): Found {
  try {
    const { size, birthtimeMs, mtimeMs } = statSync(path);
    return { bytes: size, since: Math.min(birthtimeMs || mtimeMs, mtimeMs) };
  } catch {
    const head = `${new Date(now).toISOString()} [DEBUG] is on: the dialogue is written here without secrets.\r\n`;
    writeFileSync(path, head, { mode: 0o600 });
    return { bytes: Buffer.byteLength(head), since: now };
  }
}

/**
 * Appends to the file; switches itself off and says so in its last line. To begin anew, delete the file.
 * @param onOff told once, with words for the person
 * @throws the system's error when the file can not be written at the start; later faults switch it off
 */
export function openDebugFile(
  path: string,
  limits: DebugLimits,
  now: () => number,
  onOff: (text: string) => void = () => {},
): DebugSink {
  const { bytes, since } = openFile(path, now());
  let size = bytes;
  let isOn = size < limits.bytes && now() - since < limits.ageMs;

  const switchOff = (why: string): void => {
    isOn = false;
    const text = `[DEBUG] is off: ${why}. Take [DEBUG] out of the settings, or delete the file to begin anew.`;
    try {
      appendFileSync(path, `${new Date(now()).toISOString()} ${text}\r\n`);
    } catch {
      // A full disk is the likely reason; the person is told all the same.
    }
    onOff(`${path}: ${text}`);
  };

  return {
    line(text) {
      if (!isOn) return;
      const line = `${new Date(now()).toISOString()} ${text}\r\n`;
      if (now() - since >= limits.ageMs) return switchOff('it is a day old');
      if (size + line.length > limits.bytes) return switchOff('the file is full');
      try {
        appendFileSync(path, line);
        size += Buffer.byteLength(line);
      } catch (error) {
        switchOff(error instanceof Error ? error.message : String(error));
      }
    },
  };
}
