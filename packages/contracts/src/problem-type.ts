/** One kind of error of the api: a row of docs/errors.md, and the `title` and `type` of its problem documents. */
export interface ProblemType {
  readonly status: number;
  /** A short summary, the same in every answer with this code (RFC 9457, section 3.1.3). */
  readonly title: string;
  /** When the api answers with this code. */
  readonly when: string;
  /** What the client, or the operator, can do. */
  readonly todo: string;
  /** Seconds for `Retry-After` if the error itself names none; omitted if a repetition of the same request does not help. */
  readonly retryAfterS?: number;
}

/** The path of the page that explains every code. */
export const ERRORS_PATH = '/docs/errors';
