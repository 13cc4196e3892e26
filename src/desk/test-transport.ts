// Tries a transport step by step, or sends a real test message through it; what works again goes on at once.
import { closed } from '../dispatch/breaker.ts';
import type { TestReport } from '../message/transport.ts';
import type { Opened } from './opened.ts';
import { checkTestAddress, sendTestMessage } from './test-message.ts';
import { demandTransport } from './transports.ts';

/**
 * @param to email address or fax number of a real test message; null: everything is tried and taken back
 * @throws OBX009 when there is no such transport, OBX013 for an address that can not be right
 */
export async function testTransport(
  { store, settings, transport }: Pick<Opened, 'store' | 'settings' | 'transport'>,
  name: string,
  to: string | null,
): Promise<TestReport> {
  const known = await settings();
  const wanted = demandTransport(known, name);
  if (to !== null) checkTestAddress(known, wanted, to);
  const way = await transport(wanted);
  try {
    const { email } = known.company;
    const tested = await way.test({ sender: email, recipient: to?.includes('@') ? to : email });
    const sent = tested.ok && to !== null ? await sendTestMessage(way, known, wanted, to) : null;
    const whole = sent ? { ok: sent.ok, steps: [...tested.steps, ...sent.steps], transcript: sent.transcript } : tested;
    if (whole.ok) await store.transports.setBreaker(closed(await store.transports.state(name)));
    return whole;
  } finally {
    await way.close();
  }
}
