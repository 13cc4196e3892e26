// What the refusal of a token endpoint means, and what the administrator does about it. Pure.
// Microsoft: learn.microsoft.com/entra/identity-platform/reference-error-codes. It may change its numbers, so the words of the
// endpoint always stand before the advice, and what is not known here gets the advice for its error of RFC 6749, 5.2.
import type { Refusal } from './ask.ts';
import { TokenFault } from './token-fault.ts';

interface Rule {
  /** Against "error description". */
  match: RegExp;
  fault: 'auth' | 'configuration';
  /** {x} is filled in. */
  hint: string;
}

const auth = (match: RegExp, hint: string): Rule => ({ match, fault: 'auth', hint });
const configuration = (match: RegExp, hint: string): Rule => ({ match, fault: 'configuration', hint });

const newSecret =
  'In the Entra admin center, App registrations > {client} > Certificates & secrets, make a new client secret, copy its value and apply it.';
const clock = 'Set the clock of this machine: the proof is dated, and the date is not believed.';

export const microsoftRules: readonly Rule[] = [
  auth(/AADSTS7000215/, `This is not the value of a client secret (its id is not enough). ${newSecret}`),
  auth(/AADSTS7000222/, `The client secret has expired. ${newSecret}`),
  auth(/AADSTS700024/, clock),
  auth(
    /AADSTS700027|AADSTS700023|AADSTS700030/,
    'Upload the certificate (without its key) in the Entra admin center, App registrations > {client} > Certificates & secrets > Certificates. It must be the one of the settings, and not have ended.',
  ),
  auth(
    /AADSTS7000112|AADSTS700019/,
    'The application is switched off: in the Entra admin center, Enterprise applications > {client} > Properties, let users sign in.',
  ),
  auth(
    /AADSTS53003|AADSTS530\d\d/,
    'A policy of Conditional Access for workload identities blocks it: leave {client} out of it.',
  ),
  configuration(
    /AADSTS700016/,
    'Check client (the application id of the App registration, not an object id) and tenant: this tenant knows no such application.',
  ),
  configuration(
    /AADSTS90002|AADSTS900023|AADSTS900021/,
    'Check tenant: write the id of the directory (Entra admin center, Overview) or one of its domains. A national cloud needs its own tokenUrl.',
  ),
  configuration(
    /AADSTS500011|AADSTS650052/,
    'Exchange Online is not known in this tenant: it needs a licence with mailboxes.',
  ),
  configuration(
    /AADSTS70011|AADSTS1002012|invalid_scope/,
    'Leave scope out, or write the one of your cloud, which ends with /.default.',
  ),
];

export const googleRules: readonly Rule[] = [
  auth(
    /^unauthorized_client|access_denied/,
    'In the Google Admin console, Security > Access and data control > API controls > Domain-wide delegation, add the client id {client} with the scope https://mail.google.com/. It may take up to a day.',
  ),
  auth(
    /invalid jwt signature/i,
    'The key was deleted, or belongs to another service account: make a new JSON key for {account}.',
  ),
  auth(/short-lived|check your iat and exp/i, clock),
  auth(
    /invalid email|user id/i,
    'Check user: {user} must be a user of the Google Workspace domain, not an alias or a group.',
  ),
  auth(
    /account not found|disabled|deleted/i,
    'The service account {account} is deleted or switched off in the Google Cloud console.',
  ),
];

export const refreshRules: readonly Rule[] = [
  auth(
    /invalid_grant/,
    'The refresh token is used up, withdrawn or too old (a changed password does that too): log in again as {user}, and apply the new one.',
  ),
];

/** RFC 6749, 5.2. */
const generalRules: readonly Rule[] = [
  auth(/^invalid_client/, 'Check client and its secret or certificate.'),
  auth(/^unauthorized_client/, 'The application {client} may not ask in this way: allow it where it is registered.'),
  auth(/^invalid_grant/, 'Check the proof of the login in the settings, and the clock of this machine.'),
  configuration(/^invalid_scope/, 'Check scope.'),
];

const otherwise = configuration(/^/, 'Check oauth in the settings of the transport, its tokenUrl above all.');

const fill = (text: string, facts: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => facts[name] ?? whole);

/** @param facts what fills the places of the hints: client, user, account */
export function refusalOf(
  refusal: Refusal,
  who: string,
  rules: readonly Rule[],
  facts: Readonly<Record<string, string>>,
): TokenFault {
  const words = `${refusal.error} ${refusal.description}`;
  const { fault, hint } = [...rules, ...generalRules].find(({ match }) => match.test(words)) ?? otherwise;
  const said = [refusal.error, refusal.description].filter((part) => part !== '').join(': ');
  const detail = said === '' ? `the token endpoint answered ${refusal.status}.` : said.replace(/[^.]$/, '$&.');
  return new TokenFault(fault, 'OBX170', { who, detail, hint: fill(hint, facts) });
}
