// The two pages that the server has of itself: the API in words, and the form for the first administrator. Nothing from elsewhere.
import { createHash } from 'node:crypto';
import { contract } from './contract.ts';
import { mayText } from './openapi.ts';
import type { Route } from './route.ts';

export interface Page {
  html: string;
  /** What its Content-Security-Policy must allow besides. */
  policy: string;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h2{margin-top:2rem}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #d5dae0}
code{font:.9em ui-monospace,monospace}label{display:block;margin:1rem 0}input{display:block;font:inherit;padding:.4rem;width:20rem}
button{font:inherit;padding:.5rem 1rem}
@media(prefers-color-scheme:dark){body{color:#e6e9ed;background:#16191d}td,th{border-color:#3a4048}a{color:#7db4ff}}`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

function page(title: string, body: string, script = ''): Page {
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style></head>
<body>${body}${script === '' ? '' : `<script>${script}</script>`}</body></html>
`;
  const policy = `style-src ${hashOf(style)}${script === '' ? '' : `; script-src ${hashOf(script)}; connect-src 'self'`}`;
  return { html, policy };
}

const rowOf = ({ method, path, summary, may }: Route): string =>
  `<tr><td><code>${method} ${escaped(path)}</code></td><td>${escaped(summary)}</td><td>${escaped(mayText(may))}</td></tr>`;

export function apiPage(): Page {
  const routes = Object.values(contract) as Route[];
  const parts = [...Map.groupBy(routes, ({ tag }) => tag)].map(
    ([tag, of]) =>
      `<h2>${escaped(tag)}</h2><table><tr><th>Route</th><th>What it does</th><th>Who may</th></tr>${of.map(rowOf).join('')}</table>`,
  );
  const head = `<h1>The API of Outbox</h1><p>Programs send <code>Authorization: Bearer KEY</code>. Every parameter, body and answer
is in <a href="/api/openapi.json">openapi.json</a> (OpenAPI 3.1). Errors are problem details (RFC 9457) with a code and a next step.</p>`;
  return page('The API of Outbox', head + parts.join(''));
}

/** The token stands behind # in the address: no server and no log on the way sees it. */
const setupScript = `const form=document.querySelector('form'),told=document.querySelector('#told');
form.addEventListener('submit',async(event)=>{event.preventDefault();
const body={token:location.hash.slice(1),name:form.elements.name.value,password:form.elements.password.value};
const answer=await fetch('/api/setup',{method:'POST',headers:{'content-type':'application/json'},body:JSON.stringify(body)});
if(answer.ok){form.remove();told.textContent='Done. You are signed in.';return}
const problem=await answer.json();told.textContent=problem.detail+' '+problem.hint});`;

export const setupPage = (): Page =>
  page(
    'Outbox: the first administrator',
    `<h1>The first administrator</h1><form><label>Name<input name="name" autocomplete="username" required pattern="[a-z0-9][a-z0-9._@\\-]*"></label>
<label>Password, at least 12 letters<input name="password" type="password" autocomplete="new-password" required minlength="12"></label>
<button>Create the account</button></form><p id="told" role="status"></p>`,
    setupScript,
  );
