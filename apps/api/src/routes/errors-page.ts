import { PROBLEM_TYPES, type ProblemType } from '@pilotlight/contracts';
import type { Handlers } from '../http/register-routes.ts';
import { pageHeaders } from '../http/security-headers.ts';

/** `GET /docs/errors`: explains every error code. The `type` of a problem document is this page with the code as its fragment. */
export function openErrors(): Handlers {
  const page = rendered();
  return [
    pageHeaders(),
    (_request, response) => {
      response.set({ 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' }).end(page);
    },
  ];
}

function rendered(): string {
  const sections = Object.entries<ProblemType>(PROBLEM_TYPES).map(
    ([code, { status, title, when, todo, retryAfterS }]) => `<section id="${code}">
<h2><a href="#${code}">${code}</a> (${status}): ${inline(title)}</h2>
<p>When ${inline(when)}.</p>
<p>To do: ${inline(todo)}.${retryAfterS === undefined ? '' : ' The answer has <code>Retry-After</code>.'}</p>
</section>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Errors of the Pilotlight api</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em } h2 { font-size: 1.1em } :target { background: #fff3c4 }</style>
<h1>Errors</h1>
<p>Every error is <code>application/problem+json</code> (RFC 9457). Programs compare <code>code</code>, which is stable.</p>
${sections.join('\n')}
</html>
`;
}

/** Renders the table's text: code in backticks, everything else literal. */
function inline(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}
