import type { paths } from '@pilotlight/client';
import type { Section } from '../../live/types.ts';

type Answer<Path extends keyof paths, Method extends keyof paths[Path]> = paths[Path][Method] extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

/** A page of hot keys. */
export type KeysAnswer = Answer<'/api/cache/keys', 'get'>;
/** A key in demand over all processes. */
export type HotKey = KeysAnswer['keys'][number];
/** Everything that the process that answers knows about one key. */
export type Explanation = Answer<'/api/cache/entries/{key}', 'get'>;
/** An entry as one tier holds it. */
export type TierEntry = NonNullable<Explanation['memory']>;
/** The counts and times of one endpoint. */
export type EndpointStats = Section<'cache'>['endpoints'][string];
