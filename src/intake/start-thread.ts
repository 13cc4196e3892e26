// Threads of the program: they start from what was compiled before, and keep little of what dies young.
import { getCompileCacheDir } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Plain JavaScript, that switches on what was compiled before anything is compiled: the start of a thread costs half. */
const start = `
const { program, compileCache } = require('node:worker_threads').workerData;
if (compileCache !== null) require('node:module').enableCompileCache(compileCache);
import(program);`;
/** Of the young objects of a thread: it has few. */
const youngMegabytes = 8;

/**
 * @param program of the thread
 * @param data it finds in `workerData`
 */
export const startThread = (program: URL, data: object): Worker =>
  new Worker(start, {
    eval: true,
    workerData: { program: program.href, compileCache: getCompileCacheDir() ?? null, ...data },
    // Nothing that was said to the program about its own start is meant for its threads.
    execArgv: [],
    resourceLimits: { maxYoungGenerationSizeMb: youngMegabytes },
  });
