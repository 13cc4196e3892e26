// Faults 6 and 7: at MAIL and RCPT. Who is to blame decides what happens.
import type { Scenario } from '../scenario.ts';
import { messageFault, transportFault } from './shapes.ts';

const at = (place: 'mail' | 'rcpt', say: string) => ({ rules: [{ at: place, do: { say } }] }) as const;

export const envelopeFaults: Scenario[] = [
  transportFault({ number: 6, fault: 'MAIL 421 4.7.0 and the line closed', plan: at('mail', '421 4.7.0 closing') }),
  transportFault({
    number: 6,
    fault: 'MAIL 550 5.7.60: not this sender',
    plan: at('mail', '550 5.7.60 SMTP; Client does not have permissions to send as this sender'),
  }),
  transportFault({
    number: 6,
    fault: 'MAIL 530: login wanted',
    plan: at('mail', '530 5.7.57 Client not authenticated to send mail'),
  }),
  transportFault({
    number: 6,
    fault: 'the line is closed at MAIL',
    plan: { rules: [{ at: 'mail', do: { close: 'fin' } }] },
  }),
  transportFault({
    number: 6,
    fault: 'the line is reset at MAIL',
    plan: { rules: [{ at: 'mail', do: { close: 'rst' } }] },
  }),
  {
    number: 6,
    fault: 'MAIL 451 4.3.0 once in five',
    expected: 'nobody has spoken of a recipient yet: the transport goes slower, no try is used up, all go out',
    async run(scene) {
      const sink = await scene.sink({ rules: [{ at: 'mail', times: [3, 3], do: { say: '451 4.3.0 local error' } }] });
      const installed = await scene.install(sink);
      await scene.send(installed);
      await scene.mustCount(installed, { released: 5 }, 'at the end');
    },
  },
  messageFault({
    number: 7,
    fault: 'RCPT 550 5.1.1: no such mailbox',
    expected: 'failed (mailbox-unknown); the others go out',
    at: 'rcpt',
    say: '550 5.1.1 no such user',
    status: 'failed',
    reason: 'mailbox-unknown',
  }),
  messageFault({
    number: 7,
    fault: 'RCPT 450 4.2.1: mailbox busy',
    expected: 'waits for its next try, one try used; the others go out',
    at: 'rcpt',
    say: '450 4.2.1 mailbox busy',
    status: 'queued',
    tries: 1,
  }),
  messageFault({
    number: 7,
    fault: 'RCPT 554 5.7.1: policy',
    expected: 'failed (blocked); the others go out',
    at: 'rcpt',
    say: '554 5.7.1 rejected by policy',
    status: 'failed',
    reason: 'blocked',
  }),
  transportFault({
    number: 7,
    fault: 'RCPT 452 4.5.3: too many recipients',
    plan: at('rcpt', '452 4.5.3 too many recipients'),
    expected: 'the transport slows down; no try is used up; all go out when it lifts',
  }),
  transportFault({
    number: 7,
    fault: 'the line is closed at RCPT',
    plan: { rules: [{ at: 'rcpt', do: { close: 'fin' } }] },
  }),
];
