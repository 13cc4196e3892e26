// What the server offers after EHLO. RFC 5321 4.1.1.1
import type { Plan } from './plan.ts';

const always = ['PIPELINING', '8BITMIME', 'ENHANCEDSTATUSCODES', 'SMTPUTF8', 'DSN', 'CHUNKING', 'BINARYMIME'];

export function offersOf({ hide, size, tls, passwords }: Plan, isSafe: boolean): string {
  const lines = [
    'sink.example',
    ...always.filter((extension) => !hide.includes(extension)),
    ...(size > 0 && !hide.includes('SIZE') ? [`SIZE ${size}`] : []),
    ...(tls && !isSafe && !hide.includes('STARTTLS') ? ['STARTTLS'] : []),
    ...(passwords ? ['AUTH PLAIN LOGIN'] : []),
  ];
  return lines.map((line, at) => `250${at < lines.length - 1 ? '-' : ' '}${line}`).join('\r\n');
}
