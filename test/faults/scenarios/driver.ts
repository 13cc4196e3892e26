// Fault 35: the external program. What it says counts, whatever it does.
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { applySettings } from '../../support/outbox.ts';
import type { Scenario } from '../scenario.ts';
import { type Installed, type Scene, settingsOf } from '../scene.ts';

/** A shell script that writes down what it sent, and then does what it must. */
async function installDriver(
  scene: Scene,
  body: string,
  of: { timeout?: number; folder?: string; messages?: number } = {},
): Promise<Installed> {
  const sink = { port: 1 };
  const installed = await scene.install(sink, { messages: 0 });
  const folder = join(installed.outbox.folder, of.folder ?? 'driver');
  await mkdir(folder, { recursive: true });
  const command = join(folder, 'send.sh');
  scene.ledger = join(installed.outbox.folder, 'ledger');
  await writeFile(scene.ledger, '');
  const script = `#!/bin/sh\nLEDGER='${scene.ledger.replaceAll("'", `'\\''`)}'\nsent() { echo "$OUTBOX_MESSAGE_ID" >> "$LEDGER"; }\n${body}\n`;
  await writeFile(command, script);
  await chmod(command, 0o755);
  const edit = (yaml: string): string =>
    yaml
      .replace('    transport: office', '    transport: program')
      .replace('      transport: office', '      transport: program')
      .replace(
        'transports:\n',
        `transports:\n  program: { kind: driver, command: ${JSON.stringify(command)}, timeout: ${of.timeout ?? 20} }\n`,
      );
  await applySettings(installed.outbox, settingsOf(1, { edit }));
  await scene.import(installed, of.messages ?? 3);
  return installed;
}

const driver = (
  fault: string,
  expected: string,
  body: string,
  wanted: Record<string, number>,
  of: Parameters<typeof installDriver>[2] = {},
  then?: (scene: Scene, installed: Installed) => Promise<void>,
): Scenario => ({
  number: 35,
  fault,
  expected,
  async run(scene) {
    const installed = await installDriver(scene, body, of);
    await scene.send(installed);
    await scene.mustCount(installed, wanted, 'at the end');
    await then?.(scene, installed);
  },
});

const pipedArgs = 'for part in "$@"; do printf "%s\\n" "$part" >> "$LEDGER.args"; done; sent; exit 0';

export const driverFaults: Scenario[] = [
  driver(
    'the driver ends with 1',
    'failed, with the last line of its output',
    'echo "no dial tone" >&2; exit 1',
    { failed: 3 },
    {},
    async (scene, installed) => {
      const [message] = await scene.messages(installed);
      scene.must(/no dial tone/.test(message!.detail ?? ''), 'the words of the driver are missing');
    },
  ),
  driver('the driver ends with 0 after 2 s', 'released', 'sleep 2; sent; exit 0', { released: 3 }),
  driver(
    'the driver sends and then hangs, with a child of its own',
    'uncertain after the time-out; the whole tree is ended; nothing is sent again',
    'sent; sleep 300 & sleep 301',
    { uncertain: 2 },
    { timeout: 1, messages: 2 },
    async (scene) => {
      const left = execFileSync('sh', ['-c', "ps -eo args | grep -c '^sleep 30[01]$' || true"], {
        encoding: 'utf8',
      }).trim();
      scene.equal(left, '0', 'processes left');
    },
  ),
  driver(
    'the driver ignores SIGTERM and hangs',
    'uncertain; ended all the same',
    "trap '' TERM; sent; while :; do sleep 1; done",
    { uncertain: 1 },
    { timeout: 1, messages: 1 },
  ),
  driver(
    'the driver is killed before it sends',
    'failed, or uncertain: it says so; never released',
    'kill -9 $$',
    { failed: 1 },
    { messages: 1 },
  ),
  driver(
    'the driver writes 100 MB',
    'released; only the beginning is kept',
    'sent; head -c 100000000 /dev/zero | tr "\\0" "x"; exit 0',
    { released: 1 },
    { messages: 1 },
    async (scene, installed) => {
      const [message] = await scene.messages(installed);
      const [attempt] = await scene.withStore(installed, (store) => store.messages.attemptsOf(message!.id));
      scene.must(
        (attempt?.transcript?.length ?? 0) < 200_000,
        `${attempt?.transcript?.length} characters of output are kept`,
      );
    },
  ),
  driver(
    'quotes, blanks and Unicode in the path of the driver',
    'the five arguments arrive exactly',
    pipedArgs,
    { released: 1 },
    { folder: `dr"iv'er mit Ümlaut $HOME`, messages: 1 },
    async (scene) => {
      const args = (await readFile(`${scene.ledger!}.args`, 'utf8')).trimEnd().split('\n');
      scene.equal(args.length, 5, 'arguments');
      scene.equal(
        [args[0], args[3], args[4]],
        ['c1@abf.example', 'Invoice 1.txt', 'Invoice 1 from Acme Petroleum'],
        'address, name, subject',
      );
    },
  ),
  {
    number: 35,
    fault: 'the driver is not there',
    expected: 'the transport stops; no message is touched',
    async run(scene) {
      const installed = await installDriver(scene, 'sent; exit 0');
      await chmod(join(installed.outbox.folder, 'driver', 'send.sh'), 0o644);
      scene.equal((await scene.send(installed)).code, 3, 'exit code');
      await scene.mustBeUntouched(installed, 'with the fault');
      await chmod(join(installed.outbox.folder, 'driver', 'send.sh'), 0o755);
      await scene.send(installed);
      await scene.mustCount(installed, { released: 3 }, 'when mended');
    },
  },
  {
    number: 35,
    fault: 'kill -9 of the program while the driver runs',
    expected: 'uncertain: the driver may have sent it; never started again by itself',
    async run(scene) {
      const installed = await installDriver(scene, 'sent; sleep 3; exit 0', { messages: 1 });
      const started = installed.outbox.start(['run', '--until-empty']);
      for (let tries = 0; (await readFile(scene.ledger!, 'utf8')) === '' && tries < 200; tries++) await wait(50);
      started.child.kill('SIGKILL');
      await started.ended;
      await scene.send(installed);
      await scene.mustCount(installed, { uncertain: 1 }, 'at the end');
    },
  },
];
