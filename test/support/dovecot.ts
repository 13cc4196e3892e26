// The login service of a real Dovecot, for Postfix to ask.
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openFolder, startDaemon } from './daemon.ts';

/** @returns path of the socket */
export async function startDovecotAuth(t: TestContext, user: string, password: string): Promise<string> {
  const folder = await openFolder(t);
  await writeFile(join(folder, 'users'), `${user}:{PLAIN}${password}\n`);
  const passwords = `auth_mechanisms = plain login cram-md5
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}`;
  return start(t, folder, passwords);
}

/**
 * The same for logins with a token, which Dovecot has judged elsewhere (RFC 7662).
 * @param introspectionUrl gets the token as a form, and answers with `active` and `username`
 * @returns path of the socket
 */
export async function startDovecotTokenAuth(t: TestContext, introspectionUrl: string): Promise<string> {
  const folder = await openFolder(t);
  const oauth2 = join(folder, 'oauth2.conf');
  const asking = ['introspection_mode = post', `introspection_url = ${introspectionUrl}`, 'force_introspection = yes'];
  const reading = ['username_attribute = username', 'active_attribute = active', 'active_value = true'];
  await writeFile(oauth2, `${[...asking, ...reading].join('\n')}\n`);
  const tokens = `auth_mechanisms = xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = ${oauth2}
}`;
  return start(t, folder, tokens);
}

async function start(t: TestContext, folder: string, logins: string): Promise<string> {
  const socket = join(folder, 'auth-client');
  const configuration = `base_dir = ${folder}/run
log_path = /dev/stderr
protocols =
ssl = no
${logins}
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
