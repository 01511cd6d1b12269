import { APPLICATIONS } from './applications.ts';
import { CLOUD } from './cloud.ts';
import { COMPILED_LANGUAGES } from './compiled-languages.ts';
import { CONTAINERS } from './containers.ts';
import { DATABASES } from './databases.ts';
import { FRAMEWORK_REQUESTS } from './framework-requests.ts';
import { LAMBDA } from './lambda.ts';
import { LAYOUTS } from './layouts.ts';
import { LOGGERS } from './loggers.ts';
import { NETWORK } from './network.ts';
import { PROXIES } from './proxies.ts';
import { QUEUES } from './queues.ts';
import type { Shape } from './shape.ts';
import { SQL_DATABASES } from './sql-databases.ts';
import { SYSTEMS } from './systems.ts';
import { WEB_SERVERS } from './web-servers.ts';

/** All shapes, in the order in which a line is tried on them. */
export const SHAPES: readonly Shape[] = [
  ...CONTAINERS,
  ...CLOUD,
  ...LAMBDA,
  ...WEB_SERVERS,
  ...PROXIES,
  ...LOGGERS,
  ...FRAMEWORK_REQUESTS,
  ...DATABASES,
  ...SQL_DATABASES,
  ...QUEUES,
  ...APPLICATIONS,
  ...COMPILED_LANGUAGES,
  ...LAYOUTS,
  ...SYSTEMS,
  ...NETWORK,
];
