// The mail server from the side of the test: started, told what to do, asked what it kept.
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Seen } from './ledger.ts';
import { goodPlan, type Place, type Plan } from './plan.ts';

export interface Sink {
  readonly port: number;
  readonly pid: number;
  /** From now on. What is left out is as a good server does it; counts of rules begin anew. */
  plan(change?: Partial<Plan>): Promise<void>;
  seen(): Promise<Seen>;
  /** How often a place was reached since the start. */
  times(place: Place): Promise<number>;
  /** Resolves when a place was reached so many times since the start. */
  reached(place: Place, count: number): Promise<void>;
  /** Cuts every open line with RST. */
  cut(): Promise<void>;
  /** The process stands still: lines stay open and say nothing. */
  freeze(): void;
  thaw(): void;
  stop(): void;
}

/** @param backlog of connections that nobody has taken yet */
export async function startSink(change: Partial<Plan> = {}, backlog = 511): Promise<Sink> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'process.ts'), [String(backlog)], {
    serialization: 'advanced',
    execArgv: [],
    env: { ...process.env, NODE_V8_COVERAGE: '' },
  });
  const open = new Map<number, (answer: unknown) => void>();
  let count = 0;
  child.on('message', ({ id, answer }: { id: number; answer: unknown }) => {
    open.get(id)?.(answer);
    open.delete(id);
  });
  const answerOf = <T>(id: number): Promise<T> =>
    new Promise((resolve) => void open.set(id, resolve as (answer: unknown) => void));
  const ask = <T>(asked: object): Promise<T> => {
    const id = ++count;
    child.send({ id, ...asked });
    return answerOf(id);
  };
  const port = await answerOf<number>(0);
  const sink: Sink = {
    port,
    pid: child.pid!,
    plan: (wanted = {}) => ask({ ask: 'plan', plan: { ...goodPlan, ...wanted } }),
    seen: () => ask({ ask: 'seen' }),
    times: (place) => ask({ ask: 'times', place }),
    reached: (place, times) => ask({ ask: 'wait', place, count: times }),
    cut: () => ask({ ask: 'drop' }),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    stop: () => {
      child.kill('SIGCONT');
      child.kill('SIGKILL');
    },
  };
  await sink.plan(change);
  return sink;
}
