// Stands between the store and PostgreSQL, and breaks the line at a chosen COMMIT, or altogether.
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

/** before: COMMIT never reaches the server. after: it does, and its answer is lost. late: as before, but it arrives when told. */
export type Cut = 'before' | 'after' | 'late';

export interface PostgresProxy {
  /** Of the same database, by way of the proxy. */
  url: string;
  /** Cuts the line of the next transaction that says `text`, at its COMMIT. Resolves when it is cut. */
  cutCommit(cut: Cut, text: string): Promise<void>;
  /** Lets a late COMMIT arrive. */
  release(): void;
  /** Cuts all lines, and refuses new ones until `mend`. */
  breakDown(): void;
  mend(): void;
}

interface Plan {
  cut: Cut;
  text: string;
  done(): void;
}

/** Message Q (simple query) or P (parse), with the text of the statement (PostgreSQL documentation, 55.7). */
const isCommit = (bytes: string): boolean => /Q....commit\0/s.test(bytes) || /P....\0commit\0/s.test(bytes);

export async function startPostgresProxy(t: TestContext, target: string): Promise<PostgresProxy> {
  const server = new URL(target);
  const lines = new Set<Socket>();
  let plan: Plan | null = null;
  let isDown = false;
  let late: (() => void) | null = null;

  const carry = (near: Socket): void => {
    if (isDown) return void near.destroy();
    const far = connect(Number(server.port), server.hostname);
    let isMarked = false;
    lines.add(near).add(far);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => {
        lines.delete(one);
        if (late === null || one !== near) other.destroy();
      });
    }
    far.on('data', (bytes) => void near.write(bytes));
    near.on('data', (bytes) => {
      const text = bytes.toString('latin1').toLowerCase().replace(/^q/, 'Q').replace(/^p/, 'P');
      if (plan !== null && text.includes(plan.text)) isMarked = true;
      if (plan === null || !isMarked || !isCommit(text)) return void far.write(bytes);
      const { cut, done } = plan;
      plan = null;
      isMarked = false;
      if (cut === 'before') far.destroy();
      if (cut === 'after') {
        far.removeAllListeners('data').once('data', () => near.destroy());
        far.write(bytes);
        return done();
      }
      if (cut === 'late') late = () => void far.end(bytes);
      near.destroy();
      done();
    });
  };

  const listener = createServer(carry);
  await new Promise<void>((resolve) => void listener.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const line of lines) line.destroy();
    listener.close();
  });
  const near = new URL(target);
  near.port = String((listener.address() as AddressInfo).port);
  return {
    url: near.href,
    cutCommit: (cut, text) =>
      new Promise((resolve) => {
        plan = { cut, text: text.toLowerCase(), done: resolve };
      }),
    release() {
      late?.();
      late = null;
    },
    breakDown() {
      isDown = true;
      for (const line of lines) line.destroy();
    },
    mend() {
      isDown = false;
    },
  };
}
