// How many files are looked at together, and by how many threads.
import { availableParallelism } from 'node:os';

/** They go into one pack: so many, or of so many octets. */
export const portion = { files: 64, octets: 4 * 1024 * 1024 };

/** Below so many files for a thread its start costs more than it brings. */
const leastFiles = 250;
/** More would wait for one disk. */
const mostThreads = 4;

/** How many threads are worth while for so many files; 0: they are looked at where they are asked for. */
export const threadsFor = (count: number): number =>
  count < leastFiles ? 0 : Math.min(Math.floor(count / leastFiles), availableParallelism(), mostThreads);
