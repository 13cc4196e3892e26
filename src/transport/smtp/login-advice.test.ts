// Promises of the advice at a refused login: the exact command with the mailbox in it, for the texts that Microsoft and Google send.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OAuthSettings } from '../../message/settings.ts';
import { adviseLogin } from './login-advice.ts';
import { createReplyReader } from './reply.ts';

const secret = { env: 'X' };
const microsoft: OAuthSettings = {
  kind: 'microsoft',
  tenant: 'acme.example',
  client: '11111111-2222-3333-4444-555555555555',
  secret,
  certificate: null,
  tokenUrl: null,
  scope: null,
};
const google: OAuthSettings = { kind: 'google', key: { file: '/key.json' }, tokenUrl: null };
const refresh: OAuthSettings = {
  kind: 'refresh',
  tokenUrl: 'x',
  client: 'c',
  secret: null,
  refreshToken: secret,
  scope: null,
};

function advice(
  said: string,
  oauth: OAuthSettings | null,
  user = 'invoices@acme.example',
  details: string | null = null,
) {
  const [reply] = createReplyReader().feed(Buffer.from(`${said}\r\n`));
  return adviseLogin(reply!, { user, oauth }, details);
}

const off = '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the';

for (const [said, oauth, words] of [
  [
    `${off} Tenant. Visit https://aka.ms/smtp_auth_disabled`,
    microsoft,
    /Set-CASMailbox -Identity invoices@acme\.example -SmtpClientAuthenticationDisabled \$false \(the setting of the mailbox wins/,
  ],
  [
    `${off} Mailbox. Visit https://aka.ms/smtp_auth_disabled`,
    microsoft,
    /Set-CASMailbox -Identity invoices@acme\.example -SmtpClientAuthenticationDisabled \$false\./,
  ],
  [`${off} Mailbox.`, null, /Set-CASMailbox -Identity invoices@acme\.example/],
  [
    '535 5.7.3 Authentication unsuccessful [SN2PR00CA0018.namprd00.prod.outlook.com]',
    microsoft,
    /Get-ServicePrincipal -Identity 11111111-.*enterprise application, not of the App registration.*Test-ServicePrincipalAuthorization -Identity 11111111-\S+ -Resource invoices@acme\.example.*docs\/office365\.md/,
  ],
  ['535 5.7.3 Authentication unsuccessful', refresh, /SMTP\.Send/],
  [
    "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
    null,
    /no password here\. Log in with oauth/,
  ],
  ['535 5.7.139 Authentication unsuccessful, basic authentication is disabled.', null, /Log in with oauth/],
  ['550 5.7.30 Basic authentication is not supported for Client Submission.', null, /Log in with oauth/],
  [
    '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.',
    null,
    /A policy of the tenant/,
  ],
  [
    '535 5.7.139 Authentication unsuccessful, the request did not meet the criteria to be authenticated successfully.',
    microsoft,
    /Service principal sign-ins of 11111111-/,
  ],
  [
    '535 5.7.8 Username and Password not accepted.',
    google,
    /invoices@acme\.example.*https:\/\/mail\.google\.com\/ .*docs\/google\.md/,
  ],
] as const) {
  test(`${said.slice(0, 70)} (${oauth?.kind ?? 'password'})`, () => assert.match(advice(said, oauth) ?? '', words));
}

test('where nothing is known beyond the reply, nothing is made up', () => {
  assert.equal(advice('535 5.7.8 Error: authentication failed', null), null);
  assert.equal(advice('454 4.7.0 Temporary authentication failure', microsoft), null);
});

test('a user name that is no plain word goes into the command in quotation marks', () => {
  assert.match(
    advice(`${off} Mailbox.`, microsoft, "o'neil; x@acme.example")!,
    /-Identity 'o''neil; x@acme\.example' -Smtp/,
  );
});
