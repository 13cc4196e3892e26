// What a provider such as Exchange Online lets through, and its refusals beyond. Strict: any window, to the millisecond.

export interface Allowance {
  messages: number;
  windowMs: number;
  connections: number;
}

/** @returns a rule that says what a MAIL is refused with, or null */
export function createGate({ messages, windowMs, connections }: Allowance) {
  const passed: number[] = [];
  return (now: number, open: number): string | null => {
    if (open > connections) return '432 4.3.2 Concurrent connections limit exceeded\r\n';
    while (passed.length > 0 && passed[0]! <= now - windowMs) passed.shift();
    if (passed.length >= messages) return '432 4.3.2 Submission rate limit exceeded\r\n';
    passed.push(now);
    return null;
  };
}
