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
type Sent<Path extends keyof paths> = paths[Path] extends {
  post: { requestBody: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;
/** What to invalidate. */
export type InvalidateBody = Omit<Sent<'/api/cache/invalidate'>, 'dry_run'>;
/** Conditions on records. */
export type RecordScope = NonNullable<InvalidateBody['scope']>;
/** The result of an invalidation, or of its preview. */
export type Invalidated = Answer<'/api/cache/invalidate', 'post'>;
/** A page of the invalidation log. */
export type LogAnswer = Answer<'/api/cache/log', 'get'>;
export type LogRecord = LogAnswer['records'][number];
/** The number of keys by the result of their warming. */
export type Warmed = Answer<'/api/cache/warm', 'post'>;
/** The learned times of one endpoint, with their evidence. */
export type Learned = NonNullable<EndpointStats['learned']>;
