const SHOWN_CHARACTERS = 20;

/** A text query that cannot be parsed. */
export class SearchSyntaxError extends Error {
  readonly code = 'SEARCH_SYNTAX';
  /** Offset in UTF-16 units of the query, from 0. */
  readonly position: number;

  /** @param expected what the query should have had at that position */
  constructor(expected: string, position: number, query: string) {
    super(`expected ${expected}, got ${shownAt(query, position)} at position ${position}`);
    this.name = 'SearchSyntaxError';
    this.position = position;
  }
}

function shownAt(query: string, position: number): string {
  const rest = query.slice(position);
  if (rest === '') return 'the end of the query';
  const shown = rest.slice(0, SHOWN_CHARACTERS).toWellFormed();
  return JSON.stringify(rest.length > SHOWN_CHARACTERS ? `${shown}…` : shown);
}
