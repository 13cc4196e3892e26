// What of an address reaches the line: only a local part beyond ASCII needs SMTPUTF8 (RFC 6531), a domain goes as A-labels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleIngredients } from '../support/samples.ts';
import { tryWith } from '../support/smtp-attempt.ts';

test('a domain beyond ASCII goes as A-labels in envelope and headers, to a server without SMTPUTF8', async (t) => {
  const ingredients = sampleIngredients({
    from: { name: 'Acme', address: 'billing@bücher.example' },
    to: ['ap@müller.example'],
  });
  const job = { recipient: 'ap@müller.example', ingredients };
  const { outcome, server } = await tryWith(t, () => undefined, { job });
  assert.equal(outcome.result, 'accepted');
  assert.match(
    server.lines.find((line) => line.startsWith('MAIL'))!,
    /^MAIL FROM:<billing@xn--bcher-kva\.example> SIZE=\d+$/,
  );
  assert.equal(server.lines.includes('RCPT TO:<ap@xn--mller-kva.example>'), true);
  assert.match(server.contents[0]!, /^From: Acme <billing@xn--bcher-kva\.example>\r$/m);
  assert.match(server.contents[0]!, /^To: ap@xn--mller-kva\.example\r$/m);
});
