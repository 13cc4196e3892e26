// The driver transport: an external program sends the message. Five arguments; exit 0 is Released, any other is Error.
import { access, constants, stat } from 'node:fs/promises';
import { wordsOf } from '../../message/errors.ts';
import type { DriverSettings } from '../../message/settings.ts';
import type { Commit, Job, Outcome, TestReport, Transport } from '../../message/transport.ts';
import { type JobFolder, makeJobFolder, NameFault } from './job-folder.ts';
import { type ProgramEnd, runProgram } from './run-program.ts';

export interface DriverParts {
  /** Full path of a folder for the files of running attempts. */
  workFolder: string;
}

const refusedBy = (
  outcome: Omit<Extract<Outcome, { result: 'refused' }>, 'result' | 'reply' | 'transcript'>,
): Outcome => ({
  result: 'refused',
  reply: null,
  transcript: outcome.text,
  ...outcome,
});

/** Nobody's message is at fault when the program is not there. */
const notRunnable = (text: string): Outcome =>
  refusedBy({ blame: 'transport', fault: 'configuration', permanent: false, reason: 'driver-error', text });

const refuseMessage = (text: string): Outcome =>
  refusedBy({ blame: 'message', fault: 'driver', permanent: true, reason: 'driver-error', text });

/** @returns what is wrong with the program, in words; null when it can be started */
async function faultOf(command: string): Promise<string | null> {
  try {
    if (!(await stat(command)).isFile()) return `The driver ${command} is no file.`;
  } catch (error) {
    return `The driver ${command} can not be found: ${wordsOf(error)}`;
  }
  if (process.platform === 'win32') return null;
  return access(command, constants.X_OK).then(
    () => null,
    () => `The driver ${command} may not be run: chmod +x ${command}`,
  );
}

/** The last line that a program wrote says most. */
const lastLine = (output: string): string =>
  (output.split(/[\r\n]+/).findLast((line) => line.trim() !== '') ?? '').slice(0, 1_000).toWellFormed();

function outcomeOf(end: ProgramEnd, command: string, timeout: number): Outcome {
  const { output: transcript } = end;
  const words = lastLine(transcript);
  if (end.end === 'not-started') return notRunnable(`The driver ${command} did not start: ${end.cause.message}`);
  if (end.end === 'timeout') {
    const text = `The driver did not end within ${timeout} s and was stopped: it may have sent the message.`;
    return { result: 'uncertain', text, reply: null, transcript };
  }
  const code = end.end === 'exit' ? end.code : null;
  const reply = { code, enhanced: null, text: words };
  if (code === 0) return { result: 'accepted', reply, transcript };
  const how = end.end === 'exit' ? `exit code ${end.code}` : `signal ${end.signal}`;
  const text = `The driver reports an error (${how})${words ? `: ${words}` : '.'}`;
  return { ...refuseMessage(text), reply, transcript };
}

/** What a command line can not carry. */
function unfit(job: Job): string | null {
  if (job.recipient.startsWith('-')) return `A program could take the address ${job.recipient} for an option.`;
  if (job.attachments.length > 1) {
    return `A driver takes one file, and this message has ${job.attachments.length} that can not be merged. Set grouping: each.`;
  }
  return null;
}

export function createDriverTransport(settings: DriverSettings, { workFolder }: DriverParts): Transport {
  const { command, timeout } = settings;

  const run = async (job: Job, folder: JobFolder, commit: Commit): Promise<Outcome> => {
    await commit();
    const args = [...settings.arguments, ...folder.args];
    const program = {
      command,
      args,
      env: folder.env,
      folder: folder.path,
      timeoutMs: timeout * 1000,
      onStart: folder.noteProgram,
    };
    return outcomeOf(await runProgram(program), command, timeout);
  };

  const send = async (job: Job, commit: Commit): Promise<Outcome> => {
    const fault = await faultOf(command);
    if (fault !== null) return notRunnable(fault);
    const wrong = unfit(job);
    if (wrong !== null) return refuseMessage(wrong);
    let folder: JobFolder;
    try {
      folder = await makeJobFolder(job, workFolder);
    } catch (error) {
      if (error instanceof NameFault) return refuseMessage(error.message);
      return notRunnable(`The files for the driver can not be written: ${wordsOf(error)}`);
    }
    try {
      return await run(job, folder, commit);
    } finally {
      await folder.remove().catch(() => {});
    }
  };

  const test = async (): Promise<TestReport> => {
    const from = performance.now();
    const fault = await faultOf(command);
    const text = fault ?? `${command} is there and can be run. It is not started: with --to it gets a real message.`;
    return {
      ok: fault === null,
      steps: [{ step: 'program', ok: fault === null, text, ms: performance.now() - from }],
      transcript: '',
    };
  };

  return { name: settings.name, connections: settings.limits.connections, send, test, close: () => Promise.resolve() };
}
