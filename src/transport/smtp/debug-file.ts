// SYCEML.DBG: the dialogue of every transport whose host is written with [DEBUG], until it is 10 MB or a day old.
import { appendFileSync, statSync } from 'node:fs';
import type { DebugSink } from './transcript.ts';

export interface DebugLimits {
  bytes: number;
  ageMs: number;
}

export const debugLimits: DebugLimits = { bytes: 10 * 1024 * 1024, ageMs: 24 * 3_600_000 };

/** The file as it is now: other processes write it too, and a person may delete it at any time. */
interface File {
  /** Tells it from another one of the same name. */
  id: number;
  bytes: number;
  /** When it was begun, epoch ms. */
  since: number;
}

const stampOf = (now: number): string => new Date(now).toISOString();

function look(path: string): File | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return null;
  const { ino, size, birthtimeMs, mtimeMs } = found;
  return { id: ino, bytes: size, since: Math.min(birthtimeMs || mtimeMs, mtimeMs) };
}

/** @throws the system's error */
function begin(path: string, now: number): File {
  const head = `${stampOf(now)} [DEBUG] is on: the dialogue is written here without secrets.\r\n`;
  // With "a" another process that begins it in the same moment loses nothing.
  appendFileSync(path, head, { mode: 0o600 });
  return { ...look(path)!, since: now };
}

/**
 * Appends to the file; switches itself off and says so in its last line. To begin anew, delete the file.
 * @param onOff told with words for the person: when it goes off, and at the start when it is off already
 * @throws the system's error when the file can not be written at the start; later faults switch it off
 */
export function openDebugFile(
  path: string,
  limits: DebugLimits,
  now: () => number,
  onOff: (text: string) => void = () => {},
): DebugSink {
  let file = look(path) ?? begin(path, now());

  const whyFull = (more: number): string | null => {
    if (now() - file.since >= limits.ageMs) return 'it is a day old';
    return file.bytes + more > limits.bytes ? 'the file is full' : null;
  };
  const wordsOfOff = (why: string): string =>
    `[DEBUG] is off: ${why}. Take [DEBUG] out of the settings, or delete the file to begin anew.`;

  const switchOff = (why: string): void => {
    isOff = true;
    const text = wordsOfOff(why);
    try {
      appendFileSync(path, `${stampOf(now())} ${text}\r\n`);
    } catch {
      // A full disk is the likely reason; the person is told all the same.
    }
    onOff(`${path}: ${text}`);
  };

  const atStart = whyFull(1);
  let isOff = atStart !== null;
  if (atStart !== null) onOff(`${path}: ${wordsOfOff(atStart)}`);

  /** Deleted or replaced: what is there now counts. A number alone does not tell: the system uses it again. */
  const refresh = (): void => {
    const found = look(path);
    const isSame = found !== null && found.id === file.id && found.bytes >= file.bytes;
    if (!isSame) isOff = false;
    if (found === null) file = begin(path, now());
    else file = isSame ? { ...found, since: Math.min(file.since, found.since) } : found;
  };

  return {
    line(text) {
      const line = `${stampOf(now())} ${text}\r\n`;
      try {
        refresh();
        if (isOff) return;
        const why = whyFull(Buffer.byteLength(line));
        if (why === null) appendFileSync(path, line);
        else switchOff(why);
      } catch (error) {
        if (!isOff) switchOff(error instanceof Error ? error.message : String(error));
      }
    },
  };
}
