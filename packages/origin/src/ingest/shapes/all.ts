import { CLOUD } from './cloud.ts';
import { CONTAINERS } from './containers.ts';
import { PROXIES } from './proxies.ts';
import type { Shape } from './shape.ts';

/** All shapes, in the order in which a line is tried on them. */
export const SHAPES: readonly Shape[] = [...CONTAINERS, ...CLOUD, ...PROXIES];
