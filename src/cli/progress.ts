// The progress bar of long work, on stderr and only where a person watches.

export interface Progress {
  /** @param done so far, of the total */
  show(done: number): void;
  /** Clears the line. */
  end(): void;
}

const width = 30;
/** Often enough to look alive, seldom enough to cost nothing. */
const everyMs = 100;

/** @param total 0 when unknown: then only a count is shown */
export function startProgress(label: string, total: number, stream = process.stderr): Progress {
  if (!stream.isTTY) return { show() {}, end() {} };
  let shownAt = 0;
  return {
    show(done) {
      const now = performance.now();
      if (now - shownAt < everyMs && done !== total) return;
      shownAt = now;
      const filled = total === 0 ? 0 : Math.round((width * done) / total);
      const bar = total === 0 ? '' : ` ${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
      stream.write(`\r${label}${bar} ${done}${total === 0 ? '' : ` of ${total}`}`);
    },
    end() {
      stream.write(`\r${' '.repeat(label.length + width + 30)}\r`);
    },
  };
}
