// `outbox test` of a mailbox at Microsoft Graph: a token, and a look into Drafts. Nothing is changed.
import type { TestReport, TestStep } from '../../message/transport.ts';
import type { TokenSource } from '../oauth/token-source.ts';
import { troubleOf } from '../oauth/token-trouble.ts';
import { at } from './answer.ts';
import type { MailboxAttempt } from './open-mailbox.ts';
import { expectStatus, judgeError } from './refusal.ts';

export async function testMailbox(attempt: MailboxAttempt, tokens: TokenSource): Promise<TestReport> {
  const { mailbox, transcript } = attempt;
  const steps: TestStep[] = [];
  let from = performance.now();
  const add = (step: string, ok: boolean, text: string): void => {
    steps.push({ step, ok, text, ms: performance.now() - from });
    from = performance.now();
  };
  const report = (): TestReport => ({ ok: steps.every(({ ok }) => ok), steps, transcript: transcript.text() });
  try {
    await tokens.token();
    add('token', true, 'Microsoft gives a token for the application.');
  } catch (error) {
    add('token', false, troubleOf(error).text);
    return report();
  }
  try {
    const answer = await mailbox.client.call({ method: 'GET', path: mailbox.path('/mailFolders/drafts') });
    const count = at(expectStatus('mailbox', answer, 200).json, 'totalItemCount');
    const drafts = typeof count === 'number' ? ` Drafts holds ${count}.` : '';
    add('mailbox', true, `The mailbox ${mailbox.user} opens.${drafts} Nothing was sent.`);
  } catch (error) {
    add('mailbox', false, judgeError(error, mailbox.user).text);
  }
  return report();
}
