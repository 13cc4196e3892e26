// The command line under which Windows runs a batch file with arguments that may hold anything ("BatBadBut", CVE-2024-24576).
// Node refuses to start .bat and .cmd files without a shell, and a shell without this quoting would run what an argument says.

/** cmd.exe cuts longer lines. */
const longest = 8191;

/** cmd.exe ignores trailing dots and spaces of a name (CVE-2024-43402), and a stream name behind it. */
export const isBatchFile = (path: string): boolean =>
  /\.(?:bat|cmd)$/i.test(path.replace(/::\$data$/i, '').replace(/[. ]+$/, ''));

/**
 * One argument, always in double quotes as the contract of the drivers wants it. Inside quotes & | < > ^ ( ) mean nothing;
 * `%` would still be a variable, so it is written with an empty substring of %cd% behind it.
 */
function quote(argument: string): string {
  if (/[\r\n\0]/.test(argument)) throw new RangeError('An argument of a batch file must not hold a line end.');
  const text = argument
    .replace(/(\\*)("|$)/g, (_whole, slashes: string, end: string) => slashes + slashes + (end === '"' ? '""' : ''))
    .replaceAll('%', '%%cd:~,%');
  return `"${text}"`;
}

/**
 * What cmd.exe is started with: `spawn(cmd, given, { windowsVerbatimArguments: true })`.
 * @param script full path of a .bat or .cmd file
 * @throws RangeError for a line end in an argument, or a line that cmd.exe would cut
 */
export function batchCommandLine(script: string, args: readonly string[]): string[] {
  const line = [script, ...args].map(quote).join(' ');
  const whole = `"${line}"`;
  if (whole.length > longest) throw new RangeError(`The command line has more than ${longest} characters.`);
  return ['/d', '/e:ON', '/v:OFF', '/s', '/c', whole];
}
