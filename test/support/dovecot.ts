// The login service of a real Dovecot, for Postfix to ask.
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openFolder, startDaemon } from './daemon.ts';

/** @returns path of the socket */
export async function startDovecotAuth(t: TestContext, user: string, password: string): Promise<string> {
  const folder = await openFolder(t);
  const socket = join(folder, 'auth-client');
  await writeFile(join(folder, 'users'), `${user}:{PLAIN}${password}\n`);
  const configuration = `base_dir = ${folder}/run
log_path = /dev/stderr
protocols =
ssl = no
auth_mechanisms = plain login cram-md5
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}
service auth {
  unix_listener ${socket} {
    mode = 0666
  }
}
`;
  const file = join(folder, 'dovecot.conf');
  await writeFile(file, configuration);
  await startDaemon(t, {
    command: '/usr/sbin/dovecot',
    args: ['-F', '-c', file],
    ports: [],
    isReady: () => existsSync(socket),
  });
  return socket;
}
