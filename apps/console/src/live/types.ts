import type { paths } from '@pilotlight/client';

type LiveAnswer = paths['/api/live']['get']['responses'][200]['content']['application/json'];
type Sections = Omit<LiveAnswer, 'success'>;

/** The name of a section of the live state. */
export type SectionName = keyof Sections;
/** The data of a section. */
export type Section<Name extends SectionName> = NonNullable<Sections[Name]>['data'];
/** The latest sample of a section, with the time of the api at which it was taken, in ms since 1970. */
export interface Sample<Name extends SectionName> {
  readonly at: number;
  readonly data: Section<Name>;
}
