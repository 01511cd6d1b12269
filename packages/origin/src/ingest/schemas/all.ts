import { CLOUD } from './cloud.ts';
import { CONTAINERS } from './containers.ts';
import { CONVENTIONS } from './conventions.ts';
import { DATABASES } from './databases.ts';
import { DOTNET } from './dotnet.ts';
import { GO } from './go.ts';
import { JVM } from './jvm.ts';
import { NODE } from './node.ts';
import { PROXIES } from './proxies.ts';
import type { Schema } from './schema.ts';
import { SCRIPTING } from './scripting.ts';
import { SYSTEMS } from './systems.ts';

/**
 * All schemas, in the order in which they are tried: the first that a record fits is its schema. Schemas that more names
 * tell apart come before those that share theirs.
 */
export const ALL_SCHEMAS: readonly Schema[] = [
  ...SYSTEMS,
  ...DATABASES,
  ...CLOUD,
  ...CONTAINERS,
  ...DOTNET,
  ...CONVENTIONS,
  ...PROXIES,
  ...SCRIPTING,
  ...JVM,
  ...NODE,
  ...GO,
];
