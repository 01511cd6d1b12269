import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyRoute } from '@pilotlight/contracts/http';
import { expect, test } from 'vitest';

const README = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');

/** Returns the routes that a table of Markdown lists in its first column, as `GET /path`; a path without a method is a page. */
function routesOf(markdown: string): string[] {
  const firstColumns = [...markdown.matchAll(/^\| (`[^|]*`) \|/gm)].map(([, column = '']) => column);
  const routes = firstColumns.flatMap((column) => [...column.matchAll(/`(?:(GET|POST|DELETE) )?(\/[^`]*)`/g)]);
  return routes.map(([, method = 'GET', path]) => `${method} ${path}`);
}

/** Returns the section of the README about HTTP, up to its first subsection. */
const section = /^## HTTP$(.*?)^##/ms.exec(README)?.[1] ?? '';

test('the README lists exactly the routes of the api', () => {
  const table = everyRoute().map(({ method, path }) => `${method} ${path}`);
  expect(routesOf(section).toSorted()).toEqual(table.toSorted());
});

test('control: a route that the README lacks or invents is found', () => {
  const text = '| route | cached |\n|---|---|\n| `GET /a`, `POST /a` | |\n| `/page` | 60 s |\n| `HOST` | `GET /b` |\n';
  expect(routesOf(text)).toEqual(['GET /a', 'POST /a', 'GET /page']);
});
