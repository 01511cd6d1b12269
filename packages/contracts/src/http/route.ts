import type { z } from 'zod';
import type { ProblemCode } from '../problem-types.ts';

/** What a request needs: `open` needs nothing; the others need a token with this right, or with a higher one. */
export type Access = 'open' | 'read' | 'write' | 'admin';

export type Method = 'GET' | 'POST' | 'DELETE';

/** An answer without an error. */
export interface RouteAnswer {
  readonly description: string;
  /** The media type of the body, or null if the answer has no body. */
  readonly type: string | null;
  /** Other types of the same content. */
  readonly alsoTypes?: readonly string[];
  /** The schema of a JSON body, or null for any other body. Strict where the contract is exact. */
  readonly body: z.ZodType | null;
  /** The headers of this answer in addition to `X-Request-Id`, which every answer has. An optional schema marks a header that may be missing. */
  readonly headers: Readonly<Record<string, z.ZodType<string | undefined>>>;
}

/** The body of a request. */
export interface RequestBody {
  readonly type: 'application/json' | 'multipart/form-data' | 'text/plain' | 'application/x-protobuf';
  /** Other types of the same content. */
  readonly alsoTypes?: readonly string[];
  readonly schema: z.ZodType;
  /** A required body may not be missing. */
  readonly required: boolean;
  /** Bodies by name, for the description. */
  readonly examples: Readonly<Record<string, unknown>>;
}

/** One row of the table of routes: a method of a path. */
export interface Route {
  readonly method: Method;
  /** In the form of Express: `/api/files/:id`. */
  readonly path: `/${string}`;
  readonly tag: 'reads' | 'files' | 'cache' | 'retention' | 'service';
  /** One line, for lists. */
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  /** The name of the recipe whose answers the route caches, or null if it caches none. */
  readonly cached: string | null;
  /** The parameters of the path, of the query and of the headers, each with its schema; and the body. */
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: RequestBody;
  /** The answers without an error, by status. */
  readonly answers: Readonly<Record<number, RouteAnswer>>;
  /** The errors of this route in addition to those that follow from its access, its method and its body (`errorsOf`). */
  readonly errors: readonly ProblemCode[];
  /** The types in which the route answers with its errors, where another standard than RFC 9457 says so. */
  readonly errorTypes?: readonly string[];
  /** Statuses that the route sends in place of those of the table of errors. */
  readonly errorStatuses?: Readonly<Record<number, number>>;
  /** Whether a POST changes nothing, so that the audit log has no record of it. */
  readonly isRead?: true;
  /** Whether the route also serves every path below its own, such as the scripts of a page. Only the path itself is described. */
  readonly mounted?: true;
}
