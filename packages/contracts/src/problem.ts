/** A field that is not valid, e.g. `{ field: "from", detail: "expected …, got …" }`. */
export interface FieldProblem {
  field: string;
  detail: string;
  /** For a text query: the offset, in UTF-16 units from 0, of the first character that is not understood. */
  position?: number;
}

/** The body of every error answer: `application/problem+json` (RFC 9457). `code` is stable, `detail` is for people. */
export interface Problem {
  type: 'about:blank';
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: FieldProblem[];
}
