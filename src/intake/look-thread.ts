// A thread that looks at files: it reads, inspects and keeps them itself, and tells only what it found. No document crosses over.
import { parentPort, workerData } from 'node:worker_threads';
import { openDiskFiles } from '../store/files/disk.ts';
import { failureOf } from '../message/failure.ts';
import { lookerAt } from './look-at-files.ts';
import type { Answer, Asked, Given } from './look-threads.ts';
import { readIntoAtOnce } from './space.ts';

const { folder } = workerData as Given;
const port = parentPort!;
const answer = (said: Answer): void => port.postMessage(said);
const look = lookerAt(openDiskFiles(folder, { tell: (told) => answer({ told }) }), readIntoAtOnce);

port.on('message', ({ number, paths }: Asked) => {
  look(paths).then(
    (kept) => answer({ number, kept }),
    (error: unknown) => answer({ number, failure: failureOf(error) }),
  );
});
