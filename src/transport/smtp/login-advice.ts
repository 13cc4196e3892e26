// What a refused login means at Microsoft and Google, and the exact next step of the administrator. Pure.
// Texts and steps: learn.microsoft.com (SMTP AUTH, RBAC for Applications), support.google.com; as of 2026-11-24.
import type { SmtpSettings } from '../../message/settings.ts';
import { type Reply, textOf } from './reply.ts';

type Login = Pick<SmtpSettings, 'user' | 'oauth'>;

interface Facts {
  /** Ready for PowerShell. */
  user: string;
  client: string;
}

interface Rule {
  /** Against "code enhanced text details". */
  match: RegExp;
  /** Only for logins of this kind; any when left out. */
  by?: (login: Login) => boolean;
  advise(facts: Facts): string;
}

const byMicrosoft = ({ oauth }: Login): boolean => oauth?.kind === 'microsoft';
const byGoogle = ({ oauth }: Login): boolean => oauth?.kind === 'google';
const byPassword = ({ oauth }: Login): boolean => oauth === null;

const useOAuth = 'Log in with oauth instead of the password: docs/office365.md.';

const smtpAuthOff = ({ user }: Facts): string =>
  `SMTP AUTH is switched off for this mailbox, and every login needs it, with a token too. In Exchange Online PowerShell: Set-CASMailbox -Identity ${user} -SmtpClientAuthenticationDisabled $false`;

/** What is wrong behind "Authentication unsuccessful" with a good token is not said: all that it can be. */
const checklist = ({ user, client }: Facts): string =>
  [
    'Exchange does not let this application use the mailbox. In Exchange Online PowerShell:',
    `(1) Get-ServicePrincipal -Identity ${client} must show the object id of the enterprise application, not of the App registration.`,
    `(2) Test-ServicePrincipalAuthorization -Identity ${client} -Resource ${user} must show Application SMTP.SendAsApp in scope;`,
    `or, with the permission SMTP.SendAsApp consented in Entra, Get-MailboxPermission -Identity ${user} must show the application with FullAccess. One of the two ways, not both.`,
    `(3) Get-CASMailbox -Identity ${user} must show SmtpClientAuthenticationDisabled False.`,
    'A change may take two hours. The steps: docs/office365.md.',
  ].join(' ');

const rules: readonly Rule[] = [
  {
    match: /5\.7\.139.*SmtpClientAuthentication is disabled for the Tenant/i,
    advise: (facts) =>
      `${smtpAuthOff(facts)} (the setting of the mailbox wins over that of the tenant, which may stay off). It may take an hour.`,
  },
  {
    match: /5\.7\.139.*SmtpClientAuthentication is disabled/i,
    advise: (facts) => `${smtpAuthOff(facts)}. It may take an hour.`,
  },
  {
    match: /5\.7\.139.*(?:security defaults|locked)|5\.7\.30|5\.7\.139.*basic authentication is disabled/i,
    by: byPassword,
    advise: () => `Microsoft takes no password here. ${useOAuth}`,
  },
  {
    match: /5\.7\.139/,
    by: byPassword,
    advise: () => `A policy of the tenant (Conditional Access, security defaults) forbids this login. ${useOAuth}`,
  },
  {
    match: /5\.7\.139/,
    by: byMicrosoft,
    advise: ({ client }) =>
      `A policy of the tenant forbids this login. In the Entra admin center, Sign-in logs > Service principal sign-ins of ${client} say which; leave the application out of it.`,
  },
  { match: /5\.7\.3\b/, by: byMicrosoft, advise: checklist },
  {
    match: /5\.7\.8|5\.7\.9|5\.7\.14|"status":"?40/i,
    by: byGoogle,
    advise: ({ user }) =>
      `Google does not take the token for ${user}. Check that user is the main address of the mailbox, that Gmail is switched on for it, and that the service account may use the scope https://mail.google.com/ (Admin console > Domain-wide delegation): docs/google.md.`,
  },
  {
    match: /5\.7\.3\b|5\.7\.8/,
    by: ({ oauth }) => oauth?.kind === 'refresh',
    advise: ({ user }) =>
      `The refresh token must be that of ${user}, made with the permission to send (Microsoft: SMTP.Send, Google: https://mail.google.com/). For a shared mailbox, user is the person who logged in and company.email the shared address.`,
  },
];

/** As one word of PowerShell. */
const word = (text: string): string => (/^[A-Za-z0-9@._+-]+$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`);

/**
 * @param details what the server said of a refused token besides; null when nothing
 * @returns null where nothing is known beyond the reply
 */
export function adviseLogin(reply: Reply, login: Login, details: string | null): string | null {
  const words = `${reply.code} ${reply.enhanced ?? ''} ${textOf(reply)} ${details ?? ''}`;
  const rule = rules.find(({ match, by }) => match.test(words) && (by?.(login) ?? true));
  const { oauth, user } = login;
  const client = oauth && oauth.kind !== 'google' ? oauth.client : '';
  return rule ? rule.advise({ user: word(user ?? ''), client: word(client) }) : null;
}
