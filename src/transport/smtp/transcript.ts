// The dialogue of one attempt, line by line with times; secrets are left out by the state of the protocol, never by guessing.

export interface DebugSink {
  /** One line of the dialogue, already without secrets. */
  line(text: string): void;
}

/** Characters kept of one attempt. */
const most = 64 * 1024;

export interface Transcript {
  client(text: string): void;
  server(text: string): void;
  /** What is not said on the line: TLS facts, timings. */
  note(text: string): void;
  text(): string;
}

/** @param connection number of the connection, by which lines of several are told apart in the debug file */
export function openTranscript(debug: DebugSink | null, connection: number): Transcript {
  const lines: string[] = [];
  const startedAt = performance.now();
  let size = 0;
  const add = (mark: string, text: string): void => {
    debug?.line(`#${connection} ${mark} ${text}`);
    const line = `${((performance.now() - startedAt) / 1000).toFixed(3).padStart(8)} ${mark} ${text}`;
    if (size > most) return;
    size += line.length + 1;
    lines.push(size > most ? '(cut: the dialogue is too long)' : line);
  };
  return {
    client: (text) => add('C:', text),
    server: (text) => add('S:', text),
    note: (text) => add('--', text),
    text: () => lines.join('\n'),
  };
}
