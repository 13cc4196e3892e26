// The sample driver of the demo: an external program with the five arguments, as a shell or batch file.
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const posix = (sent: string): string => `#!/bin/sh
# A driver gets five arguments: number, file, note file, name of the attachment, subject.
# It ends with 0 when the fax system has taken the message, and with anything else when not.
cp "$2" "${sent}/$1 $4" || exit 1
echo "sent $4 to $1"
`;

const windows = (sent: string): string => `@echo off\r
rem A driver gets five arguments: number, file, note file, name of the attachment, subject.\r
copy /y "%OUTBOX_FILE%" "${sent}\\%OUTBOX_ADDRESS% %OUTBOX_NAME%" >nul || exit /b 1\r
echo sent %OUTBOX_NAME% to %OUTBOX_ADDRESS%\r
exit /b 0\r
`;

/** @returns full path of the driver; what it sends lies in folder/sent */
export async function writeDriver(folder: string): Promise<string> {
  const sent = join(folder, 'sent');
  await mkdir(sent, { recursive: true });
  const isWindows = process.platform === 'win32';
  const file = join(folder, isWindows ? 'fax-driver.cmd' : 'fax-driver.sh');
  await writeFile(file, isWindows ? windows(sent) : posix(sent));
  if (!isWindows) await chmod(file, 0o755);
  return file;
}
