import type { Section, SectionName } from '../live/types.ts';

/** A section of the live state that the api could not read. */
export type Unsampled = Section<'sampling'>['failed'][number];

const NAMES: Readonly<Record<Unsampled['section'], string>> = {
  health: 'the state of the dependencies',
  cache: 'the counts of the cache',
  upcoming: 'the position of the invalidation log and the next refreshes',
  demo: 'the demo traffic',
  processes: 'the processes',
  queues: 'the queues',
  findings: 'the findings of the audits',
};

/** Returns which of the sections could not be read, in the order of `sections`. */
export function unsampledOf(
  sampling: Section<'sampling'> | null,
  sections: readonly SectionName[],
): readonly Unsampled[] {
  return sections.flatMap((name) => sampling?.failed.find(({ section }) => section === name) ?? []);
}

/** Returns what could not be read: `The api cannot read the queues`. */
export function unsampledText({ section }: Pick<Unsampled, 'section'>): string {
  return `The api cannot read ${NAMES[section]}`;
}

/** Returns what that means for the figures on the page. */
export function figuresText(isShown: boolean): string {
  return isShown ? 'The page shows the last figures before that.' : 'The page has no figures of it.';
}
