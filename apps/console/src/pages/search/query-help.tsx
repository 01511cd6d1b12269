const ROWS: readonly { readonly examples: readonly string[]; readonly finds: string }[] = [
  { examples: ['disk full', 'disk AND full'], finds: 'both words, in any order' },
  { examples: ['"disk full"', '10.0.0.7'], finds: 'the words in this order' },
  { examples: ['conn*', '/api/us*', '"disk fu"*'], finds: 'words with this beginning' },
  { examples: ['disk OR memory'], finds: 'one of the two; OR binds before AND' },
  { examples: ['-debug', 'NOT debug', '-(a OR b)'], finds: 'lines without it; NOT binds first' },
  { examples: ['level:error'], finds: 'the level, in any case' },
  {
    examples: ['service:web', 'status:5*', 'path:/api/*'],
    finds: 'the column with this value or beginning; also method, source',
  },
  { examples: ['user.id:42', 'agent:"curl 8"'], finds: 'any other column of the line, or these words in its text' },
  { examples: ['"level:error"', 'path:"/a*b"'], finds: 'quotes make any text literal' },
];

/** The query language, in the words of the README. */
export function QueryHelp({ id, isOpen }: { readonly id: string; readonly isOpen: boolean }) {
  return (
    <section class="help" id={id} hidden={!isOpen} aria-label="Query syntax">
      <dl class="help-rows">
        {ROWS.map(({ examples, finds }) => (
          <div key={finds}>
            <dt>
              {examples.map((example) => (
                <code key={example}>{example}</code>
              ))}
            </dt>
            <dd>{finds}</dd>
          </div>
        ))}
      </dl>
      <p class="muted small">
        Words are found without case and accents, in the message and in the other columns. A query has at most 1,000
        characters, 64 terms and 128 words.
      </p>
    </section>
  );
}
