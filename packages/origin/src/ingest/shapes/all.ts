import { APPLICATIONS } from './applications.ts';
import { CLOUD } from './cloud.ts';
import { CONTAINERS } from './containers.ts';
import { DATABASES } from './databases.ts';
import { LAYOUTS } from './layouts.ts';
import { PROXIES } from './proxies.ts';
import { QUEUES } from './queues.ts';
import type { Shape } from './shape.ts';
import { SYSTEMS } from './systems.ts';

/** All shapes, in the order in which a line is tried on them. */
export const SHAPES: readonly Shape[] = [
  ...CONTAINERS,
  ...CLOUD,
  ...PROXIES,
  ...DATABASES,
  ...QUEUES,
  ...APPLICATIONS,
  ...LAYOUTS,
  ...SYSTEMS,
];
