import { readFileSync } from 'node:fs';
import { Marked } from 'marked';
import { getHeadingList, gfmHeadingId } from 'marked-gfm-heading-id';
import type { Handlers } from '../http/register-routes.ts';
import { pageHeaders } from '../http/security-headers.ts';

const SOURCE = new URL('../../../../docs/operations.md', import.meta.url);
/** Documents of the repository that the api serves as pages. */
const SERVED: Readonly<Record<string, string>> = { 'errors.md': '/docs/errors' };

/** `GET /docs/operations`: `docs/operations.md` as a page. Its headings have the anchors that they have on GitHub. */
export function openOperations(): Handlers {
  let page: string | null = null;
  return [
    pageHeaders(),
    (_request, response) => {
      // Rendering takes some 20 ms, so the page is made for the first request and not at the start.
      page ??= renderOperations(readFileSync(SOURCE, 'utf8'));
      response.set({ 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' }).end(page);
    },
  ];
}

/** Renders the document. A link to a file that the api does not serve becomes its text. */
export function renderOperations(markdown: string): string {
  const marked = new Marked(gfmHeadingId());
  marked.use({
    renderer: {
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        const target = href.startsWith('#') ? href : SERVED[href];
        return target === undefined ? text : `<a href="${target}">${text}</a>`;
      },
      table(token) {
        const cell = ({ tokens }: (typeof token.header)[number], tag: 'th' | 'td'): string =>
          `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`;
        const head = token.header.map((one) => cell(one, 'th')).join('');
        const rows = token.rows.map((row) => `<tr>${row.map((one) => cell(one, 'td')).join('')}</tr>`).join('\n');
        return `<div class="table" tabindex="0"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>${rows}</tbody>\n</table></div>\n`;
      },
    },
  });
  const body = marked.parse(markdown, { async: false });
  const contents = getHeadingList()
    .filter(({ level }) => level === 2)
    .map(({ id, text }) => `<li><a href="#${id}">${text}</a></li>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Operations of Pilotlight</title>
<style>${STYLE}</style>
<nav aria-label="Contents"><a href="/">Console</a><ul>${contents.join('')}</ul></nav>
<main>
${body}</main>
</html>
`;
}

const STYLE = `
:root { color-scheme: light dark }
body { font: 16px/1.55 system-ui, sans-serif; margin: 0; color: light-dark(#171a20, #e7e9ee); background: light-dark(#fff, #0e1014) }
a { color: light-dark(#2b57d0, #86a8ff) }
main { max-width: 62rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere }
nav { max-width: 62rem; margin: 0 auto; padding: 1rem 1rem 0; font-size: .875rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .5rem 0 0; padding: 0; list-style: none }
h2, h3 { scroll-margin-top: 1rem }
h2 { margin-top: 2.5rem; padding-top: .5rem; border-top: 1px solid light-dark(#dfe3e9, #282d37) }
h3 { margin-bottom: .25rem }
h3 + p { margin-top: .25rem }
code, pre { font-family: ui-monospace, Menlo, monospace; font-size: .9em }
pre { overflow-x: auto; padding: .75rem; background: light-dark(#f0f2f5, #1c2027) }
.table { overflow-x: auto }
table { border-collapse: collapse; font-size: .875rem; overflow-wrap: normal }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid light-dark(#dfe3e9, #282d37); text-align: start; vertical-align: top }
td { min-width: 6rem }
:target { background: light-dark(#fff3c4, #4a3b0c); box-shadow: -.5rem 0 light-dark(#fff3c4, #4a3b0c) }
`;
