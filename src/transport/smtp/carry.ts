// Carries what a supply has: over kept or new sessions, and over each the way that is best for what comes next.
import type { Supply, Task } from '../../message/transport.ts';
import { Course, type CourseParts, settleFault } from './course.ts';
import { OneRun } from './one-run.ts';
import { hasRoom, type Session } from './session.ts';
import type { Transcript } from './transcript.ts';
import { isHeld, WindowRun } from './window-run.ts';

export interface CarryParts extends CourseParts {
  /** Numbers the next connection; what it gives makes the transcripts of that one. */
  newConnection(): () => Transcript;
  /** @throws LineFault, Rejected */
  begin(transcript: Transcript, newTranscript: () => Transcript): Promise<Session>;
}

/** What is to go in a window, beginning with `task`; null when it goes by DATA. */
function windowOf({ session, supply, parts: { ways } }: Course, task: Task): Task[] | null {
  if (ways.way !== 'window' || !ways.isOpenTo(session) || !isHeld(task) || !hasRoom(session)) return null;
  if (ways.depth === 1) return [task];
  // One alone gains nothing, and a server that holds back its last small packet (Nagle) makes it wait.
  const second = supply.next(true);
  return second && [task, second];
}

/** @returns a message that has to go over another connection, or null */
async function overSession(course: Course, first: Task, transcript?: Transcript): Promise<Task | null> {
  let words = transcript;
  let task: Task | null = first;
  do {
    const window = windowOf(course, task);
    task = await (window ? new WindowRun(course).run(window, words) : new OneRun(course).run(task, words));
    words = undefined;
  } while (task !== null && hasRoom(course.session));
  try {
    await course.settled;
  } catch (error) {
    await task?.giveBack();
    throw error;
  }
  await course.park();
  return task ?? course.supply.next(false);
}

/** Carries until the supply has no more. @throws what `settle` of a task throws */
export async function carry(supply: Supply, parts: CarryParts): Promise<void> {
  let task = supply.next(false);
  while (task !== null) {
    const kept = parts.idle.take();
    if (kept) {
      task = await overSession(new Course(kept, supply, parts), task);
      continue;
    }
    const newTranscript = parts.newConnection();
    const transcript = newTranscript();
    let session: Session;
    try {
      session = await parts.begin(transcript, newTranscript);
    } catch (error) {
      await settleFault(task, error, transcript, parts.settings);
      task = supply.next(false);
      continue;
    }
    task = await overSession(new Course(session, supply, parts), task, transcript);
  }
}
