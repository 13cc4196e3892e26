// The worker inside the harness, on the same data folder: for faults that need short time-outs or a clock of their own.
import { join } from 'node:path';
import { rawOf } from '../../src/desk/raw-settings.ts';
import { checkSettings } from '../../src/config/check-settings.ts';
import { runWorker, type WorkerEnd } from '../../src/dispatch/worker.ts';
import { openDiskFiles } from '../../src/store/files/disk.ts';
import { openStore } from '../../src/store/store.ts';
import type { Timeouts } from '../../src/transport/smtp/timeouts.ts';
import { createSmtpTransport } from '../../src/transport/smtp/transport.ts';
import { alwaysWindow } from '../support/always-window.ts';
import type { Installed } from './scene.ts';

interface WorkWish {
  timeouts?: Partial<Timeouts>;
  now?: () => number;
  /** Messages always go in the window of the settings, whatever is measured. */
  isWide?: boolean;
  /** Goes on until aborted when given; else until nothing is due. */
  signal?: AbortSignal;
  onSettled?: (count: number) => void;
}

/** @throws what runWorker throws */
export async function workHere({ outbox, location }: Installed, wish: WorkWish = {}): Promise<WorkerEnd> {
  const store = await openStore(location);
  const now = wish.now ?? Date.now;
  let count = 0;
  try {
    const settings = checkSettings(await rawOf(store));
    const waysOut = Object.values(settings.transports).flatMap((of) => {
      if (of.kind !== 'smtp') return [];
      const parts = {
        password: () => Promise.resolve(null),
        ehloName: 'client',
        debug: null,
        timeouts: wish.timeouts ?? {},
        ...(wish.isWide ? { ways: alwaysWindow(of) } : {}),
      };
      return [{ transport: createSmtpTransport(of, parts), limits: of.limits, digest: 'same' }];
    });
    const lock = await store.workers.begin(now());
    try {
      return await runWorker({
        store,
        files: openDiskFiles(join(outbox.data, 'files')),
        waysOut,
        worker: lock.id,
        now,
        random: Math.random,
        failpoint: () => {},
        onceMore: Object.values(settings.documentTypes).flatMap(({ uncertain, code }) =>
          uncertain === 'once-more' ? [code] : [],
        ),
        untilEmpty: wish.signal === undefined,
        limit: Number.POSITIVE_INFINITY,
        signal: wish.signal ?? new AbortController().signal,
        onSettled: () => wish.onSettled?.(++count),
      });
    } finally {
      await lock.release();
    }
  } finally {
    await store.close();
  }
}
