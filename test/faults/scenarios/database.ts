// Faults 25 to 27: PostgreSQL says no or goes away, hints are lost, and clocks jump.
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import type { Scenario } from '../scenario.ts';
import { workHere } from '../worker.ts';
import { endLeases, newDatabase, noPostgres, onDatabase } from '../database-server.ts';

/** Every so many updates of a message fail as if another transaction had been quicker. */
const failingUpdates = (code: string, every: number): string => `
  create sequence fault_count;
  create function fault() returns trigger language plpgsql as $$
  begin
    if nextval('fault_count') % ${every} = 0 then raise exception 'made by the test' using errcode = '${code}'; end if;
    return new;
  end $$;
  create trigger fault before update on message for each row execute function fault()`;

const transactionFault = (name: string, code: string): Scenario => ({
  number: 26,
  fault: `PostgreSQL ends one of 7 updates with ${name} (${code})`,
  expected: 'tried again: all go out once',
  impossible: noPostgres,
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 60, env: await newDatabase() });
    await onDatabase(installed, failingUpdates(code, 7));
    const { code: exit, stderr } = await scene.send(installed);
    scene.equal(exit, 0, 'exit code');
    if (exit !== 0) scene.saw(stderr.trim().split('\n')[0]!.slice(0, 120));
    await onDatabase(installed, 'drop trigger fault on message');
    await endLeases(installed);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 60 }, 'at the end');
  },
});

const noConnections: Scenario = {
  number: 26,
  fault: 'every connection of PostgreSQL is taken',
  alone: true,
  expected: 'refused in words and with 3; with connections again all go out once',
  impossible: noPostgres,
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 10, env: await newDatabase() });
    const others: pg.Client[] = [];
    try {
      for (let count = 0; count < 200; count++) {
        const client = new pg.Client(installed.location);
        client.on('error', () => {});
        await client.connect();
        others.push(client);
      }
    } catch {
      // No more to be had.
    }
    const { code, stderr } = await scene.send(installed);
    scene.equal(code, 3, 'exit code');
    scene.must(/too many|connection/i.test(stderr), `the words do not say why: ${stderr.slice(0, 120)}`);
    await Promise.all(others.map((client) => client.end()));
    await scene.send(installed);
    await scene.mustCount(installed, { released: 10 }, 'at the end');
  },
};

const cutConnections: Scenario = {
  number: 25,
  fault: 'PostgreSQL cuts every connection three times while messages go out',
  expected:
    'it goes on, or ends in words; what had no dot goes out once, the rest is uncertain (4 for every cut at most)',
  impossible: noPostgres,
  async run(scene) {
    const sink = await scene.sink({ dotDelayMs: 20 });
    const installed = await scene.install(sink, { messages: 600, env: await newDatabase() });
    for (let cut = 1; cut <= 3; cut++) {
      const started = installed.outbox.start(['run', '--until-empty'], installed.env);
      await Promise.race([sink.reached('dot', cut * 25), started.ended]);
      await onDatabase(
        installed,
        'select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()',
      );
      await scene.ended(started, 'run', 30_000);
      await endLeases(installed);
    }
    await scene.send(installed);
    const counts = await scene.counts(installed);
    scene.must((counts['uncertain'] ?? 0) <= 12, `${counts['uncertain']} are uncertain`);
    scene.equal((counts['released'] ?? 0) + (counts['uncertain'] ?? 0), 600, 'released and uncertain');
  },
};

const noHint: Scenario = {
  number: 26,
  fault: 'no notice comes that there is work: another process takes it in',
  expected: 'the worker finds it within 5 s by itself',
  impossible: noPostgres,
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 0, env: await newDatabase() });
    const service = installed.outbox.start(['start', '--role', 'worker'], installed.env);
    await scene.import(installed, 5);
    const isThere = await Promise.race([sink.reached('dot', 5).then(() => true), wait(5_000, false, { ref: false })]);
    scene.must(isThere, 'it was not found within 5 s');
    service.child.kill('SIGTERM');
    await scene.ended(service, 'start', 10_000);
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'at the end');
  },
};

const hour = 3_600_000;

/** The clock of the worker jumps when so many messages are done. */
const jumping = (name: string, jumps: readonly number[], limits: string): Scenario => ({
  number: 27,
  fault: `the clock jumps while messages go out: ${name}`,
  expected: 'all go out once, with one try each; nothing waits for the clock to come back',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { messages: 40, limits });
    let offset = 0;
    const stop = new AbortController();
    const from = Date.now();
    await workHere(installed, {
      now: () => Date.now() + offset,
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(25_000)]),
      onSettled(count) {
        if (count % 10 === 0) offset += jumps[count / 10 - 1] ?? 0;
        if (count === 40) stop.abort();
      },
    });
    const messages = await scene.messages(installed);
    scene.equal(
      messages.filter(({ status }) => status === 'released').length,
      40,
      `released after ${Math.round((Date.now() - from) / 1000)} s`,
    );
    scene.must(
      messages.every(({ tries }) => tries <= 1),
      'a message used up more than one try',
    );
  },
});

const agedByJump: Scenario = {
  number: 27,
  fault: 'the clock jumps 3 days ahead while a message waits for its second try',
  expected: 'it is tried and waits on: a jump is no age',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'rcpt', times: [1, 2], do: { say: '450 4.2.0 greylisted' } }] });
    const installed = await scene.install(sink, { messages: 1 });
    let offset = 0;
    const stop = new AbortController();
    await workHere(installed, {
      now: () => Date.now() + offset,
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(15_000)]),
      onSettled(count) {
        if (count === 1) offset = 72 * hour;
        if (count === 2) stop.abort();
      },
    });
    const [message] = await scene.messages(installed);
    scene.equal(message!.status, 'queued', 'the message');
  },
};

export const databaseFaults: Scenario[] = [
  cutConnections,
  transactionFault('a serialization failure', '40001'),
  transactionFault('a deadlock', '40P01'),
  noConnections,
  noHint,
  jumping('1 h ahead', [hour], 'connections: 2'),
  jumping('1 h back', [-hour], 'connections: 2'),
  jumping('1 h back, with a limit of 1200 a minute', [-hour], 'connections: 2, perMinute: 1200'),
  jumping('1 day ahead, 2 days back, 1 day ahead', [24 * hour, -48 * hour, 24 * hour], 'connections: 2'),
  jumping('2 s back (a step of time synchronisation)', [-2_000, -2_000, -2_000], 'connections: 2'),
  agedByJump,
];
