// A message as JSON for Microsoft Graph: for what is too large to go as MIME. Pure.
import type { Ingredients } from '../../message/message.ts';
import { markProperty } from './mailbox.ts';

const address = (text: string, name = ''): unknown => ({
  emailAddress: { address: text, ...(name === '' ? {} : { name }) },
});

/** @param ingredients addressed to the one recipient */
export function jsonMessage(ingredients: Ingredients): unknown {
  const { from, replyTo, to, subject, text, html, messageId } = ingredients;
  return {
    subject,
    body: html === null ? { contentType: 'text', content: text } : { contentType: 'html', content: html },
    from: address(from.address, from.name),
    toRecipients: to.map((one) => address(one)),
    ...(replyTo === null ? {} : { replyTo: [address(replyTo)] }),
    // Exchange may choose another one; what it has chosen is read back.
    internetMessageId: `<${messageId}>`,
    // Only names with X- are allowed here (learn.microsoft.com: internetMessageHeader).
    internetMessageHeaders: [{ name: 'X-Auto-Response-Suppress', value: 'OOF, AutoReply' }],
    singleValueExtendedProperties: [{ id: markProperty, value: messageId }],
  };
}
