// Work that is done once in a program; where it fails, the next one who needs it tries again: a disk that was broken may be mended.

export function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work();
    done.catch(() => {
      done = null;
    });
    return done;
  };
}
