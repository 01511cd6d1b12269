import type { ProblemCode } from './problem-types.ts';

/** A field that is not valid, e.g. `{ field: "from", detail: "expected …, got …" }`. */
export interface FieldProblem {
  field: string;
  detail: string;
  /** For a text query: the offset, in UTF-16 units from 0, of the first character that is not understood. */
  position?: number;
}

/**
 * The body of every error answer: `application/problem+json` (RFC 9457). `type` is the URL of the code's documentation, relative to
 * the api; `code` is stable, `detail` is for people.
 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  errors?: FieldProblem[];
  /** The quota that the upload would exceed (`QUOTA_EXCEEDED`). A limit that is null does not apply. */
  quota?: {
    scope: 'total' | 'token';
    limit_bytes: number | null;
    limit_files: number | null;
    used_bytes: number;
    used_files: number;
    upload_bytes: number;
  };
}
