// The thread of the queue: works on SQLite with a connection of its own, so that the disk and the statements hold up no line.
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../../message/failure.ts';
import { openDatabase } from '../database.ts';
import { createGroupCommit } from '../group-commit.ts';
import { createStatements } from '../statements.ts';
import { createSteps } from '../steps.ts';
import type { Answer, Call, FromThread, Given, ToThread } from './calls.ts';

const port = parentPort!;
const tell = (words: FromThread): void => port.postMessage(words);

const { db, engine, direct } = await openDatabase((workerData as Given).location);
const group = createGroupCommit(db, {
  onTrouble: (trouble) => tell({ trouble: trouble === null ? null : failureOf(trouble) }),
});
const steps = createSteps(engine, group, createStatements(direct));

async function answerTo({ id, step, given }: Call): Promise<Answer> {
  const run = steps[step] as (...of: unknown[]) => Promise<unknown>;
  try {
    return { id, value: await run(...given) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

/** Answers that are there at the same time go back together. */
let ready: Answer[] = [];
function send(answer: Answer): void {
  if (ready.push(answer) > 1) return;
  queueMicrotask(() =>
    setImmediate(() => {
      tell(ready);
      ready = [];
    }),
  );
}

let underWay = 0;
let isClosing = false;

async function closeWhenDone(): Promise<void> {
  if (!isClosing || underWay > 0) return;
  await db.destroy();
  port.close();
}

async function carryOut(call: Call): Promise<void> {
  underWay++;
  send(await answerTo(call));
  underWay--;
  setImmediate(() => void closeWhenDone());
}

port.on('message', (wanted: ToThread) => {
  if (wanted !== 'close') {
    for (const call of wanted) void carryOut(call);
    return;
  }
  isClosing = true;
  void closeWhenDone();
});
tell('open');
