// What the command line says of transports, presets and answers of mail systems.
import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { presets } from '../../src/config/presets.ts';
import { applySettings, newOutbox, type Outbox, settingsYaml, writeManifest } from '../support/outbox.ts';
import { type Script, startScripted } from '../support/scripted-smtp.ts';

interface Shown {
  name: string;
  preset: string | null;
  state: string;
  text: string;
  nextStep: string | null;
  waiting: number;
}

async function company(t: TestContext, script?: Script): Promise<Outbox> {
  const server = await startScripted(t, script);
  const outbox = await newOutbox(t);
  const at = `host: 127.0.0.1, port: ${server.port}, tls: none`;
  const transports = `  office: { kind: smtp, preset: gmail, ${at} }\n  faxes: { kind: smtp, ${at}, address: "{{ fax.digits }}@efax.example" }`;
  await applySettings(outbox, settingsYaml(transports));
  return outbox;
}

suite('outbox transports', () => {
  test('shows limits, state in words with the next step, and what waits', async (t) => {
    const relay = '550 5.7.1 Invalid credentials for relay [203.0.113.7]';
    const outbox = await company(t, (said) => (said === 'mail' ? relay : undefined));
    await outbox.run('import', await writeManifest(outbox, 3));
    const before = (await outbox.run('--json', 'transports')).json() as Shown[];
    assert.deepEqual(
      before.map(({ name, preset, state, waiting }) => [name, preset, state, waiting]),
      [
        ['faxes', null, 'closed', 0],
        ['office', 'google-mailbox', 'closed', 3],
      ],
    );
    await outbox.run('run', '--until-empty');
    const { code, stdout } = await outbox.run('transports', 'list');
    assert.equal(code, 0);
    assert.match(
      stdout,
      /office +google-mailbox +127\.0\.0\.1:\d+ +2 at once, 20 a minute, 1,800 a day +stopped until/,
    );
    assert.match(stdout, /→ Register the address of this machine.*outbox test office/);
    const after = (await outbox.run('--json', 'transports')).json() as Shown[];
    const [, office] = after;
    assert.deepEqual([office!.state, office!.waiting], ['open', 3]);
    assert.match(office!.text, /stopped until something is changed: .*Invalid credentials/);
  });

  test('pause stops one by a person until resume, with the reason in words', async (t) => {
    const outbox = await company(t);
    await outbox.run('import', await writeManifest(outbox, 3));
    assert.equal((await outbox.run('transports', 'pause', 'office', '--reason', 'the month is open')).code, 0);
    const { code, stderr } = await outbox.run('run', '--until-empty');
    assert.equal(code, 3);
    assert.match(stderr, /office is stopped: Paused by .*: the month is open\.\n→ outbox transports resume office/);
    // A test that goes well does not take back what a person has decided.
    assert.equal((await outbox.run('test', 'office')).code, 0);
    assert.match((await outbox.run('transports')).stdout, /office is paused by .* at \d\d:\d\d: the month is open/);
    const [, office] = (await outbox.run('--json', 'transports')).json() as Shown[];
    assert.deepEqual([office!.state, office!.nextStep], ['paused', 'outbox transports resume office']);
    assert.match((await outbox.run('status')).stderr, /office is paused by/);
    await outbox.run('transports', 'resume', 'office');
    assert.equal((await outbox.run('run', '--until-empty')).code, 0);
    assert.equal((await outbox.run('transports', 'pause', 'nowhere')).code, 2);
  });

  test('without settings it says how to make them', async (t) => {
    const outbox = await newOutbox(t);
    const { code, stderr } = await outbox.run('transports');
    assert.equal(code, 3);
    assert.match(stderr, /OBX005/);
  });
});

suite('outbox transports presets', () => {
  test('names every preset, before anything is set up', async (t) => {
    const outbox = await newOutbox(t);
    const { code, stdout } = await outbox.run('transports', 'presets');
    assert.equal(code, 0);
    for (const name of Object.keys(presets)) assert.match(stdout, new RegExp(`^${name} `, 'm'));
    const all = (await outbox.run('--json', 'transports', 'presets')).json() as { name: string }[];
    assert.deepEqual(
      all.map(({ name }) => name),
      Object.keys(presets),
    );
  });

  test('one in full has sources, date and lines that can be applied', async (t) => {
    const outbox = await newOutbox(t);
    const shown = await outbox.run('transports', 'presets', 'amazon-ses');
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /As of +2026-11-23, documented/);
    assert.match(shown.stdout, /Source +docs\.aws\.amazon\.com/);
    const snippet = /^transports:[^]*/m.exec(shown.stdout)![0];
    await applySettings(
      outbox,
      settingsYaml('  office: { kind: smtp, host: h.example }', 'customers: {}').replace(
        'transport: faxes',
        'cover: never',
      ),
    );
    await applySettings(outbox, snippet, { SES_PASSWORD: 'x' });
    assert.match((await outbox.run('export')).stdout, /preset: ses/);
  });

  test('an unknown one is refused with the nearest name', async (t) => {
    const outbox = await newOutbox(t);
    const { code, stderr } = await outbox.run('transports', 'presets', 'ofice365');
    assert.equal(code, 2);
    assert.match(stderr, /did you mean office365\?/);
  });
});

suite('outbox explain-reply', () => {
  test('says who is blamed, what happens and what to do', async (t) => {
    const outbox = await newOutbox(t);
    const reply = '454 Throttling failure: Daily message quota exceeded.';
    const { code, stdout } = await outbox.run('explain-reply', reply, '--preset', 'ses', '--at', 'dot');
    assert.equal(code, 0);
    assert.match(stdout, /Blamed: +the transport \(quota; at dot\)/);
    assert.match(stdout, /Effect: +The transport pauses.* At least 60 minutes/);
    assert.match(stdout, /Next step: +Nothing/);
    const json = (await outbox.run('--json', 'explain-reply', '550 5.1.1 No such user')).json();
    assert.deepEqual(
      { ...(json as object), text: '', nextStep: '' },
      {
        at: 'rcpt',
        blame: 'message',
        fault: 'permanent',
        permanent: true,
        reason: 'mailbox-unknown',
        text: '',
        effect: 'This message fails. The others go on.',
        nextStep: '',
      },
    );
  });

  test('what is no refusal is refused, and the help has examples', async (t) => {
    const outbox = await newOutbox(t);
    for (const line of ['hello', '250 OK', '']) {
      const { code, stderr } = await outbox.run('explain-reply', line);
      assert.deepEqual([code, /OBX190/.test(stderr)], [2, true]);
    }
    assert.equal((await outbox.run('explain-reply', '550 no', '--preset', 'nobody')).code, 2);
    assert.match((await outbox.run('help', 'explain-reply')).stdout, /Examples:\n {2}outbox explain-reply/);
  });
});
