import { connection, useLive } from '../live/live.ts';
import type { SectionName } from '../live/types.ts';
import { Failed, Loading } from '../ui/states.tsx';
import { UserText } from '../ui/user-text.tsx';
import { SinceText } from './fault-list.tsx';
import { figuresText, type Unsampled as Section, unsampledOf, unsampledText } from './unsampled-text.ts';

const NO_ANSWER = new Error('The api does not answer. The page tries again every few seconds.');

/** Returns the sections of a page that the api could not read. */
export function useUnsampled(sections: readonly SectionName[]): readonly Section[] {
  return unsampledOf(useLive('sampling')?.data ?? null, sections);
}

/** Returns the sections that are still to come: without a sample, and not failed. */
export function useAwaited(sections: readonly SectionName[]): readonly SectionName[] {
  const failed = useUnsampled(sections);
  return sections.filter((name) => useLive(name) === null && !failed.some(({ section }) => section === name));
}

/** Says since when figures of the page are old, and why, while the api cannot read them. */
export function Unsampled({ sections }: { readonly sections: readonly SectionName[] }) {
  const failed = useUnsampled(sections);
  return (
    <>
      {failed.map((one) => (
        <Notice key={one.section} {...one} />
      ))}
    </>
  );
}

function Notice({ section, since, reason }: Section) {
  const isShown = useLive(section) !== null;
  return (
    <p class="notice" data-tone="warn" data-unsampled={section}>
      <span class="mark" aria-hidden="true">
        !
      </span>
      <span>
        <strong>
          {unsampledText({ section })} since <SinceText at={Date.parse(since)} />.
        </strong>{' '}
        <span class="muted">{figuresText(isShown)} The page asks again every few seconds.</span>{' '}
        <UserText text={`Reason: ${reason}`} />
      </span>
    </p>
  );
}

export interface NoSampleProps {
  readonly sections: readonly SectionName[];
  /** What is on its way: "the live state". */
  readonly what: string;
  /** What needs a token, if the api refuses: "read the live state". */
  readonly purpose: string;
}

/** The place of sections without a sample: why there is none, or that it is on its way. */
export function NoSample({ sections, what, purpose }: NoSampleProps) {
  const state = connection.value;
  const failed = useUnsampled(sections);
  if (state.kind === 'forbidden') return <Failed error={state.error} purpose={purpose} />;
  if (failed.length > 0) return <Unsampled sections={sections} />;
  return state.kind === 'lost' ? <Failed error={NO_ANSWER} /> : <Loading what={what} />;
}
