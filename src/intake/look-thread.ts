// A thread that looks at files: it reads, inspects and keeps them itself, and tells only what it found. No document crosses over.
import { enableCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Asked, Given } from './look-threads.ts';

const { folder, compileCache } = workerData as Given;
if (compileCache !== null) enableCompileCache(compileCache);

const { openDiskFiles } = await import('../store/files/disk.ts');
const { lookerAt } = await import('./look-at-files.ts');
const { readIntoAtOnce } = await import('./space.ts');
const { failureOf } = await import('./failure.ts');

const port = parentPort!;
const answer = (said: Answer): void => port.postMessage(said);
const look = lookerAt(openDiskFiles(folder, { tell: (told) => answer({ told }) }), readIntoAtOnce);

port.on('message', ({ number, paths }: Asked) => {
  look(paths).then(
    (kept) => answer({ number, kept }),
    (error: unknown) => answer({ number, failure: failureOf(error) }),
  );
});
