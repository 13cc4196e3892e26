// What replies mean whoever says them: RFC 5321, RFC 3463, RFC 4954, and the words of Postfix, Exim, Sendmail and others.
import { ofMessage } from './general-message.ts';
import { ofTransport } from './general-transport.ts';
import type { ReplyRule } from './rule.ts';

/** The first that fits counts, so that what is special comes before what is general. */
export const general: readonly ReplyRule[] = [...ofTransport, ...ofMessage];
