// The fixed vocabulary of why a message is blocked, held or failed: a word, a sentence for the person, the next step.

interface Words {
  /** What is the matter. */
  sentence: string;
  /** What to do about it. */
  next: string;
}

const words = {
  // blocked: before any try
  'no-address': {
    sentence: 'The customer has no address for any channel of the delivery rule.',
    next: 'Add an email address or a fax number to the customer, then: outbox release ID',
  },
  'unknown-customer': {
    sentence: 'The customer number is not in the directory, and the document names no address of its own.',
    next: 'Import the customer, or send again with --email or --fax. Then: outbox release ID',
  },
  'bad-address': {
    sentence: 'The email address can not be right.',
    next: 'Correct it in the directory, then: outbox release ID',
  },
  'bad-number': {
    sentence: 'The fax number can not be right.',
    next: 'Correct it in the directory, then: outbox release ID',
  },
  suppressed: {
    sentence: 'The address is on the list of addresses not to be used.',
    next: 'Ask the customer for another address, or lift it: outbox suppressions lift ADDRESS. Then: outbox release ID',
  },
  'no-transport': {
    sentence: 'No transport is set for this document type and channel.',
    next: 'Name a transport under documentTypes in the settings (outbox apply), then: outbox release ID',
  },
  'unknown-type': {
    sentence: 'The settings know no such document type.',
    next: 'Add it under documentTypes in the settings (outbox apply), then: outbox release ID',
  },
  'template-failed': {
    sentence: 'The subject, note or file name could not be filled in.',
    next: 'Mend the template in the settings (outbox apply), then: outbox release ID',
  },
  'one-file': {
    sentence: 'The driver takes one file, and these documents can not be merged to one.',
    next: 'Send them one by one: outbox cancel ID, set grouping: each for the document type, and import them again.',
  },
  'missing-file': {
    sentence: 'The file of the document is not there.',
    next: 'Bring the file and import the row again.',
  },
  'empty-file': { sentence: 'The file is empty.', next: 'Print the document again and import it anew.' },
  'broken-file': {
    sentence: 'The file is damaged: no reader can open it.',
    next: 'Print the document again and import it anew.',
  },
  'encrypted-file': {
    sentence: 'The file asks for a password, so it can not be checked.',
    next: 'Print the document without a password and import it anew.',
  },
  'unsupported-file': {
    sentence: 'The file is neither PDF nor plain text.',
    next: 'Print the document as PDF or TXT and import it anew.',
  },
  // held
  'on-hold': { sentence: 'A person or a setting holds it.', next: 'When it may go: outbox release ID' },
  approval: { sentence: 'It waits for approval.', next: 'Approve it: outbox release ID' },
  'to-print': { sentence: 'The delivery rule says print and post.', next: 'Print it and drop it: outbox cancel ID' },
  poison: {
    sentence: 'The program died twice while it sent this message.',
    next: 'Look at it with outbox show ID --transcript, then release or cancel it.',
  },
  'missing-content': {
    sentence: 'Bytes of the message are missing from the file store.',
    next: 'Restore the file store, then: outbox release ID',
  },
  reopened: { sentence: 'It was cancelled and taken back.', next: 'When it may go: outbox release ID' },
  // failed, and waiting for the next try
  'mailbox-unknown': {
    sentence: 'The mailbox does not exist.',
    next: 'Ask the customer for the right address, then: outbox resend ID --to ADDRESS',
  },
  'mailbox-full': {
    sentence: 'The mailbox is full.',
    next: 'Try later, or use another address: outbox resend ID --to ADDRESS',
  },
  'mailbox-disabled': {
    sentence: 'The mailbox is closed.',
    next: 'Ask the customer for the right address, then: outbox resend ID --to ADDRESS',
  },
  'domain-unknown': {
    sentence: 'The domain of the address does not exist.',
    next: 'Check the spelling, then: outbox resend ID --to ADDRESS',
  },
  blocked: {
    sentence: 'The receiving side refuses mail like this one, or from this sender.',
    next: 'Read its words in outbox show ID, mend the cause, then: outbox resend ID',
  },
  'too-large': {
    sentence: 'The message is larger than the receiving side takes.',
    next: 'Send fewer or smaller documents at once, or by another channel.',
  },
  'content-rejected': {
    sentence: 'The receiving side refuses the content.',
    next: 'Read its words in outbox show ID, then send another way.',
  },
  authentication: {
    sentence: 'The mail system refuses our login.',
    next: 'Follow the words of the refusal, or enter the right user and password (outbox apply), then: outbox test TRANSPORT',
  },
  'rate-limited': {
    sentence: 'The mail system says we send too fast or too much.',
    next: 'Nothing: it goes on by itself. Lower the limits of the transport if it happens often.',
  },
  network: {
    sentence: 'The mail or fax system can not be reached.',
    next: 'Check host, port and network: outbox test TRANSPORT',
  },
  tls: {
    sentence: 'No safe connection could be made.',
    next: 'Check the tls setting and the certificate: outbox test TRANSPORT',
  },
  'relaying-denied': {
    sentence: 'The mail system does not let us send to addresses outside.',
    next: 'Allow this machine to relay, or set user and password: outbox test TRANSPORT',
  },
  'sender-refused': {
    sentence: 'The mail system does not accept our sender address.',
    next: 'Set an address that it allows under company or documentTypes: outbox apply',
  },
  'sender-full': {
    sentence: 'Our own mailbox is full: nothing can be sent from it.',
    next: 'Empty it and set a retention for Sent Items, then: outbox test TRANSPORT',
  },
  expired: {
    sentence: 'It could not be sent for longer than it may wait.',
    next: 'Find out why with outbox show ID --transcript, then: outbox resend ID',
  },
  'tries-used-up': {
    sentence: 'All tries failed.',
    next: 'Read the last answer in outbox show ID, then: outbox resend ID',
  },
  'driver-error': {
    sentence: 'The driver reported an error.',
    next: 'Read its output with outbox show ID --transcript, then: outbox resend ID',
  },
  'dropped-connection': {
    sentence: 'The line dropped after the message was handed over: it may have arrived.',
    next: 'Look in the mail system. Not there: outbox retry ID. There: leave it.',
  },
  stopped: {
    sentence: 'The program ended while the message was being handed over: it may have arrived.',
    next: 'Look in the mail system. Not there: outbox retry ID. There: leave it.',
  },
  other: { sentence: 'Something else.', next: 'Read the words of the other side in outbox show ID.' },
} satisfies Record<string, Words>;

export type Reason = keyof typeof words;
export const reasons = Object.keys(words) as Reason[];

/** The sentence of a reason, for a person. */
export const sentenceOf = (reason: Reason): string => words[reason].sentence;

/** What to do about an address that is not the directory's. */
const ownAddress: Readonly<Record<string, string>> = {
  row: 'The address came with the document. Correct the manifest and import it again, or: outbox cancel ID',
  command: 'The address came with the document: outbox cancel ID, and send it again with the right one.',
};

const ofAddress: readonly Reason[] = ['bad-address', 'bad-number'];

/**
 * The next step, with the message's id filled in.
 * @param level of the message's why: an address that came with the document is not corrected in the directory
 */
export const nextStep = (reason: Reason, id: string, transport: string | null, level = ''): string =>
  ((ofAddress.includes(reason) ? ownAddress[level] : undefined) ?? words[reason].next)
    .replace(/\bID\b/g, id)
    .replace(/\bTRANSPORT\b/g, transport ?? 'TRANSPORT');
