import { AWS } from './aws.ts';
import { AZURE } from './azure.ts';
import { CONTAINERS } from './containers.ts';
import { CONVENTIONS } from './conventions.ts';
import { DATABASES } from './databases.ts';
import { DOTNET } from './dotnet.ts';
import { EDGE } from './edge.ts';
import { GO } from './go.ts';
import { GOOGLE } from './google.ts';
import { JVM } from './jvm.ts';
import { NETWORK } from './network.ts';
import { NODE } from './node.ts';
import { PROXIES } from './proxies.ts';
import type { Schema } from './schema.ts';
import { SCRIPTING } from './scripting.ts';
import { SYSLOG } from './syslog.ts';
import { WEB_SERVERS } from './web-servers.ts';
import { WINDOWS } from './windows.ts';

/**
 * All schemas, in the order in which they are tried: the first that a record fits is its schema. Schemas that more names
 * tell apart come before those that share theirs.
 */
export const ALL_SCHEMAS: readonly Schema[] = [
  ...WINDOWS,
  ...SYSLOG,
  ...NETWORK,
  ...DATABASES,
  ...GOOGLE,
  ...AZURE,
  ...AWS,
  ...EDGE,
  ...CONTAINERS,
  ...DOTNET,
  ...CONVENTIONS,
  ...PROXIES,
  ...WEB_SERVERS,
  ...SCRIPTING,
  ...JVM,
  ...NODE,
  ...GO,
];
