// The thread of the database: runs the queue and reads documents, so that the disk never holds up the lines.
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from '../database.ts';
import { openDiskFiles } from '../files/disk.ts';
import { createGroupCommit } from '../group-commit.ts';
import { createQueue } from '../queue.ts';
import { type Answer, type Call, failureOf, type Served, type ThreadSettings, type ToThread } from './protocol.ts';

const port = parentPort!;
const settings = workerData as ThreadSettings;
const { db, engine } = await openDatabase(settings.database);
// What comes in one batch of calls shares a transaction; there is nothing else to wait for here.
const group = createGroupCommit(db, { turns: 1 });
const files = openDiskFiles(settings.files, { tell: (text) => process.stderr.write(`${text}\n`) });
const served: Served = { ...createQueue(db, engine, group), get: files.get };

async function answerTo({ id, name, given }: Call): Promise<Answer> {
  const run = served[name] as (...of: unknown[]) => Promise<unknown>;
  try {
    return { id, value: await run(...given) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

/** Bytes are handed over, not copied; what lies in shared memory is copied first. */
function handOver(answer: Answer): { answer: Answer; moved: ArrayBuffer[] } {
  if (!('value' in answer) || !(answer.value instanceof Uint8Array)) return { answer, moved: [] };
  const bytes = answer.value;
  const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : Uint8Array.from(bytes);
  return { answer: { ...answer, value: own }, moved: [own.buffer as ArrayBuffer] };
}

/** Answers that are there at the same time go back together. */
let ready: Answer[] = [];
function send(answer: Answer): void {
  ready.push(answer);
  if (ready.length > 1) return;
  setImmediate(() => {
    const together = ready.map(handOver);
    ready = [];
    port.postMessage(
      together.map(({ answer: one }) => one),
      together.flatMap(({ moved }) => moved),
    );
  });
}

port.on('message', (wanted: ToThread) => {
  if (wanted !== 'close') {
    for (const call of wanted) void answerTo(call).then(send);
    return;
  }
  void group
    .drain()
    .then(() => db.destroy())
    .finally(() => port.close());
});
