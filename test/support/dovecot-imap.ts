// A real Dovecot that serves one mailbox by IMAP, from a maildir that the test can read.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { chownSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Certificates } from './certificates.ts';
import { freePort, openFolder, startDaemon } from './daemon.ts';

export interface ImapWish {
  user: string;
  password: string;
  certificates: Certificates;
  /** Lines inside the namespace, such as a folder with \Drafts. */
  folders: string;
  /** Where a token is shown for judgement (RFC 7662): then XOAUTH2 is offered. */
  introspection?: string;
}

export interface StoredMail {
  /** Letters of the maildir: D draft, S seen. */
  flags: string;
  /** With CRLF. */
  content: string;
}

export interface ImapServer {
  /** STARTTLS, and clear. */
  port: number;
  /** TLS from the first byte. */
  tlsPort: number;
  /** The mails of a folder by its name on the disk, such as ".Drafts". */
  mails(folder: string): Promise<StoredMail[]>;
}

/** The user that has no rights anywhere. */
const nobody = 65_534;

const tokens = (folder: string): string => `passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/oauth2.conf
}
`;

export async function startDovecotImap(t: TestContext, wish: ImapWish): Promise<ImapServer> {
  const folder = await openFolder(t);
  const mail = join(folder, 'mail');
  await mkdir(mail, { mode: 0o700 });
  chownSync(mail, nobody, nobody);
  const [port, tlsPort] = [await freePort(), await freePort()];
  await writeFile(join(folder, 'users'), `${wish.user}:{PLAIN}${wish.password}\n`);
  if (wish.introspection !== undefined) {
    const lines = [
      'introspection_mode = post',
      `introspection_url = ${wish.introspection}`,
      'username_attribute = username',
      'active_attribute = active',
      'active_value = true',
    ];
    await writeFile(join(folder, 'oauth2.conf'), `${lines.join('\n')}\n`);
  }
  const configuration = `base_dir = ${folder}/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <${wish.certificates.certificate}
ssl_key = <${wish.certificates.key}
disable_plaintext_auth = no
auth_mechanisms = plain login${wish.introspection === undefined ? '' : ' xoauth2 oauthbearer'}
mail_location = maildir:${mail}
first_valid_uid = 1
mailbox_list_index = no
${wish.introspection === undefined ? '' : tokens(folder)}passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = static
  args = uid=${nobody} gid=${nobody} home=${mail}
}
namespace inbox {
  inbox = yes
  separator = /
${wish.folders}
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
`;
  const file = join(folder, 'dovecot.conf');
  await writeFile(file, configuration);
  await startDaemon(t, { command: '/usr/sbin/dovecot', args: ['-F', '-c', file], ports: [port, tlsPort] });
  return {
    port,
    tlsPort,
    async mails(name) {
      const found: StoredMail[] = [];
      for (const place of ['cur', 'new']) {
        const path = join(mail, name, place);
        for (const entry of await readdir(path).catch(() => [])) {
          const content = (await readFile(join(path, entry), 'latin1')).replace(/\r?\n/g, '\r\n');
          found.push({ flags: /:2,([A-Z]*)$/.exec(entry)?.[1] ?? '', content });
        }
      }
      return found;
    },
  };
}
