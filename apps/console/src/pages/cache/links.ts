import { withQuery } from '../../router/query.ts';
import type { Tab } from './tabs.ts';

/** Returns the address of a section of the page, with its parameters. */
export function hrefOf({ tab, ...parameters }: { readonly tab: Tab } & Readonly<Record<string, string>>): string {
  return withQuery({ path: '/cache', query: new URLSearchParams() }, { tab, ...parameters });
}
