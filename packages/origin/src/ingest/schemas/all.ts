import { CONVENTIONS } from './conventions.ts';
import { DATABASES } from './databases.ts';
import { DOTNET } from './dotnet.ts';
import { NODE } from './node.ts';
import { PROXIES } from './proxies.ts';
import type { Schema } from './schema.ts';
import { SYSTEMS } from './systems.ts';

/** All schemas, in the order in which they are tried: the first that a record fits is its schema. */
export const ALL_SCHEMAS: readonly Schema[] = [
  ...DATABASES,
  ...SYSTEMS,
  ...DOTNET,
  ...NODE,
  ...CONVENTIONS,
  ...PROXIES,
];
