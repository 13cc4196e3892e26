// Faults 1 to 5: before any message is said. Nobody there, greeting, EHLO, TLS, login.
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { makeCertificates } from '../../support/certificates.ts';
import { temporaryFolder } from '../../support/temporary.ts';
import type { Scenario } from '../scenario.ts';
import { type Scene, settingsOf } from '../scene.ts';
import type { Plan } from '../sink/plan.ts';
import { applySettings } from '../../support/outbox.ts';
import { workHere } from '../worker.ts';
import { transportFault } from './shapes.ts';

const greeting = (number: number, fault: string, action: Plan['rules'][number]['do'], more: object = {}) =>
  transportFault({ number, fault, plan: { rules: [{ at: 'greeting', do: action }] }, ...more });

async function certificates(scene: Scene) {
  const made = makeCertificates(await temporaryFolder({ after: (end: () => unknown) => scene.after(end) }));
  const tls = { key: readFileSync(made.key, 'utf8'), certificate: readFileSync(made.certificate, 'utf8') };
  return { ...made, tls };
}

const refused: Scenario = {
  number: 1,
  fault: 'nobody listens',
  expected: 'no message is touched; when somebody listens all go out once',
  async run(scene) {
    const installed = await scene.install({ port: 1 });
    scene.equal((await scene.send(installed)).code, 3, 'exit code');
    await scene.mustCount(installed, { queued: 5 }, 'with the fault');
    await scene.mustBeUntouched(installed, 'with the fault');
    const sink = await scene.sink();
    await applySettings(installed.outbox, settingsOf(sink.port, {}));
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when mended');
  },
};

const noName: Scenario = {
  number: 1,
  fault: 'the name of the server can not be found',
  expected: 'no message is touched; with the right name all go out once',
  async run(scene) {
    const sink = await scene.sink();
    const installed = await scene.install(sink, { host: 'mail.no-such-name.invalid' });
    scene.equal((await scene.send(installed)).code, 3, 'exit code');
    await scene.mustCount(installed, { queued: 5 }, 'with the fault');
    await scene.mustBeUntouched(installed, 'with the fault');
    await applySettings(installed.outbox, settingsOf(sink.port, {}));
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when mended');
  },
};

const neverConnected: Scenario = {
  number: 1,
  fault: 'the connection is never made (full queue of a server that stands still)',
  expected: 'the time-out of the phase; no message is touched',
  async run(scene) {
    const sink = await scene.sink({}, 1);
    const installed = await scene.install(sink);
    sink.freeze();
    const fillers = Array.from({ length: 4 }, () => connect(sink.port, '127.0.0.1').on('error', () => {}));
    scene.after(() => fillers.forEach((socket) => socket.destroy()));
    await wait(200);
    const end = await workHere(installed, { timeouts: { connect: 300, greeting: 300 } });
    scene.equal(end.stopped.length, 1, 'transports that stopped');
    await scene.mustCount(installed, { queued: 5 }, 'with the fault');
    await scene.mustBeUntouched(installed, 'with the fault');
    fillers.forEach((socket) => socket.destroy());
    sink.thaw();
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when mended');
  },
};

const breakerBySelf: Scenario = {
  number: 1,
  fault: 'nobody is let in for 20 minutes while the service runs (its clock runs 60 times as fast)',
  expected: 'pauses that grow, one connection each; then one message tries, and all go out once',
  async run(scene) {
    const sink = await scene.sink({ rules: [{ at: 'greeting', times: [1, 4], do: { say: '554 5.3.2 no service' } }] });
    const installed = await scene.install(sink, { messages: 20 });
    const from = Date.now();
    const stop = new AbortController();
    const working = workHere(installed, {
      now: () => from + (Date.now() - from) * 60,
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(60_000)]),
      onSettled: (count) => {
        if (count === 24) stop.abort();
      },
    });
    await working;
    await scene.mustCount(installed, { released: 20 }, 'at the end');
    const { connectedAt } = await sink.seen();
    const pauses = connectedAt.slice(1, 5).map((at, index) => Math.round(((at - connectedAt[index]!) * 60) / 60_000));
    scene.saw(`pauses of ${pauses.join(', ')} min`);
    scene.must(
      pauses.every((pause, at) => pause >= [1, 2, 5, 15][at]! * 0.9),
      'the pauses do not grow',
    );
  },
};

const badCertificate = (tls: 'required' | 'implicit'): Scenario => ({
  number: 1,
  fault: `a certificate that nobody signed (tls: ${tls})`,
  expected: 'not a word of a message in clear; with the authority trusted all go out once',
  async run(scene) {
    const made = await certificates(scene);
    const sink = await scene.sink({ tls: { ...made.tls, implicit: tls === 'implicit' } });
    const installed = await scene.install(sink, { office: `tls: ${tls}`, host: 'localhost' });
    scene.equal((await scene.send(installed)).code, 3, 'exit code');
    await scene.mustBeUntouched(installed, 'with the fault');
    const { lines } = await sink.seen();
    scene.must(!lines.some((line) => line.startsWith('MAIL')), 'MAIL was said without a safe connection');
    await applySettings(
      installed.outbox,
      settingsOf(sink.port, { office: `tls: ${tls}, ca: { file: "${made.ca}" }`, host: 'localhost' }),
    );
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when mended');
  },
});

const strippedTls: Scenario = {
  number: 3,
  fault: 'STARTTLS is taken out of the offers while TLS is required',
  expected: 'not a word of a message; nothing is touched; all go out once when it is back',
  async run(scene) {
    const made = await certificates(scene);
    const sink = await scene.sink({ tls: { ...made.tls, implicit: false }, hide: ['STARTTLS'] });
    const office = `tls: required, ca: { file: "${made.ca}" }`;
    const installed = await scene.install(sink, { office, host: 'localhost' });
    const { code, stderr } = await scene.send(installed);
    scene.equal(code, 3, 'exit code');
    scene.must(/TLS/.test(stderr), 'the words do not name TLS');
    await scene.mustBeUntouched(installed, 'with the fault');
    scene.must(!(await sink.seen()).lines.some((line) => line.startsWith('MAIL')), 'MAIL was said in clear');
    await sink.plan({ tls: { ...made.tls, implicit: false } });
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when mended');
  },
};

const injectedTls: Scenario = {
  number: 3,
  fault: 'a reply in clear rides behind the yes to STARTTLS (injection)',
  expected: 'the session is ended; nothing is touched',
  async run(scene) {
    const made = await certificates(scene);
    const tls = { ...made.tls, implicit: false };
    const raw = '220 go on\r\n250-injected\r\n250 AUTH PLAIN\r\n';
    const sink = await scene.sink({ tls, rules: [{ at: 'starttls', do: { raw } }] });
    const installed = await scene.install(sink, {
      office: `tls: required, ca: { file: "${made.ca}" }`,
      host: 'localhost',
    });
    scene.equal((await scene.send(installed)).code, 3, 'exit code');
    await scene.mustBeUntouched(installed, 'with the fault');
    await sink.plan({ tls });
    await scene.send(installed);
    await scene.mustCount(installed, { released: 5 }, 'when mended');
  },
};

const oldGreeting: Scenario = {
  number: 3,
  fault: 'EHLO is answered 500',
  expected: 'HELO is said, and all go out',
  async run(scene) {
    const sink = await scene.sink({
      rules: [{ at: 'ehlo', match: '^EHLO', do: { say: '500 5.5.1 what' } }],
      hide: ['8BITMIME'],
    });
    const installed = await scene.install(sink);
    scene.equal((await scene.send(installed)).code, 0, 'exit code');
    await scene.mustCount(installed, { released: 5 }, 'at the end');
  },
};

const login = 'tls: none, user: clerk, password: { env: OFFICE_PASSWORD }, authInClear: true';
const right = { OFFICE_PASSWORD: 'right' };

const refusedLogin = (fault: string, say: string, isForPerson: boolean): Scenario =>
  transportFault({
    number: 4,
    fault,
    plan: { passwords: ['right'], rules: [{ at: 'auth', do: { say } }] },
    good: { passwords: ['right'] },
    wish: { office: login, env: right },
    connects: 1,
    expected: 'one try, then the transport stops with the next step in words; no message is touched',
    async also(scene, installed) {
      const state = await scene.withStore(installed, (store) => store.transports.state('office'));
      scene.equal(state.breaker, 'open', 'breaker');
      scene.equal(state.retryAt === null, isForPerson, 'waits for a person');
    },
  });

const expiredPassword: Scenario = {
  number: 5,
  fault: 'the password expires after message 50 of 200',
  expected:
    '50 released (and what is under way), the rest waits untouched; with the new one the rest goes out, none twice',
  async run(scene) {
    const sink = await scene.sink({ passwords: ['right'], passwordsExpireAfter: 50 });
    const office = `${login}, messagesPerConnection: 10`;
    const installed = await scene.install(sink, { office, messages: 200, env: right });
    scene.equal((await scene.send(installed)).code, 3, 'exit code');
    const { released = 0, queued = 0 } = await scene.counts(installed);
    // Three more may have been past MAIL on the other connections.
    scene.must(released >= 50 && released <= 53 && released + queued === 200, `${released} released, ${queued} wait`);
    await scene.mustBeUntouched(installed, 'when it expired');
    const before = (await sink.seen()).places['auth'] ?? 0;
    scene.must(before <= 20, `${before} logins were tried`);
    await sink.plan({ passwords: ['new'] });
    await scene.send(installed, { OFFICE_PASSWORD: 'new' });
    await scene.mustCount(installed, { released: 200 }, 'with the new password');
  },
};

export const sessionFaults: Scenario[] = [
  refused,
  noName,
  neverConnected,
  breakerBySelf,
  badCertificate('required'),
  badCertificate('implicit'),
  transportFault({
    number: 1,
    fault: 'TLS is spoken to a server that speaks none',
    plan: {},
    wish: { office: 'tls: implicit' },
    timeouts: { tls: 500 },
    expected: 'nothing is sent, no message is touched',
    good: {},
    also: async (scene, installed) => {
      const { port } = scene.sinks[0]!;
      await applySettings(installed.outbox, settingsOf(port, {}));
    },
  }),
  greeting(2, 'the line is closed in place of a greeting', { close: 'fin' }),
  greeting(2, 'the line is reset in place of a greeting', { close: 'rst' }),
  greeting(2, 'greeting 421', { say: '421 4.3.2 too busy' }),
  greeting(2, 'greeting 554', { say: '554 5.3.2 go away' }),
  greeting(2, 'no greeting at all', { silent: true }, { timeouts: { greeting: 300 } }),
  greeting(2, 'a greeting that is no SMTP', { say: 'HTTP/1.1 400 Bad Request' }),
  oldGreeting,
  transportFault({
    number: 3,
    fault: 'EHLO is answered 421 and the line closed',
    plan: { rules: [{ at: 'ehlo', do: { say: '421 4.3.0 no' } }] },
  }),
  strippedTls,
  injectedTls,
  refusedLogin('login refused: 535 5.7.8', '535 5.7.8 Authentication credentials invalid', true),
  refusedLogin('login refused for now: 454 4.7.0', '454 4.7.0 Temporary authentication failure', false),
  refusedLogin(
    'basic authentication is no more: 550 5.7.30',
    '550 5.7.30 Basic authentication is not supported for Client Submission.',
    true,
  ),
  expiredPassword,
];
