import { setQuery } from '../router/location.ts';
import { Choices } from '../ui/choices.tsx';
import { SPANS, type Span } from './spans.ts';

/** Chooses the span of the counts, which is in the query. */
export function SpanChoice({ span }: { readonly span: Span }) {
  return (
    <Choices
      legend="Span of the counts"
      options={SPANS}
      chosen={span}
      choose={(name) => setQuery({ span: name === 'all' ? null : name }, { replace: true })}
    />
  );
}
