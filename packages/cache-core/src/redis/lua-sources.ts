import { readFileSync } from 'node:fs';

/**
 * Returns the text of a Lua file of `scripts/`, named without its extension.
 *
 * The build (`build.ts`) replaces this module with one that contains the texts: the published package reads no files of its own,
 * so it works in a bundle.
 */
export function luaSource(name: string): string {
  return readFileSync(new URL(`./scripts/${name}.lua`, import.meta.url), 'utf8');
}
