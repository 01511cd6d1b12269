import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiMediaTypeObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi';
import type { Access, RequestBody, Route } from '../route.ts';
import { everyRoute } from '../routes.ts';
import { responsesOf } from './responses.ts';
import { simplify } from './simplify.ts';

/** The description of the api: OpenAPI 3.1. */
export type ApiDescription = ReturnType<typeof createDocument>;

const DESCRIPTION = `Pilotlight serves statistics, searches and lists of log files from a cache without stale answers.

Every answer has an \`X-Request-Id\`. Errors are \`application/problem+json\` with a stable \`code\`. Every \`GET\` also answers \`HEAD\`, with the same headers and without a body. \`OPTIONS\` answers 204 with \`Allow\`; any other method answers 405 with \`Allow\`. A path that is not described answers 404. A request that cannot be parsed as HTTP answers 400, 408 or 431.`;

const TAGS: Readonly<Record<Route['tag'], string>> = {
  reads: 'The cached answers.',
  files: 'Log files: upload, state, content, deletion.',
  cache: 'What the cache does, and control over it.',
  retention: 'Deletion of old files by rule.',
  service: 'The service itself.',
};

const SECURITY: Readonly<Record<Access, NonNullable<ZodOpenApiOperationObject['security']>>> = {
  open: [],
  read: [{ bearer: [] }],
  write: [{ bearer: [] }],
  admin: [{ bearer: [] }, { basic: [] }],
};

const cacheParameter = z
  .enum(['true', 'false'])
  .optional()
  .describe('`false` bypasses the cache: the answer is computed, within the budget of the origin, and not stored.');

const ifNoneMatch = z
  .string()
  .optional()
  .describe('Entity tags that the client has; with the current one among them the answer is 304.');

/** Returns the description of every route of the table, made from the schemas that validate. */
export function describeApi(version: string): ApiDescription {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'Pilotlight',
        version,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'This server.' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths: pathsOf(everyRoute()),
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'A token. Without configured tokens, reads and uploads are open.',
          },
          basic: {
            type: 'http',
            scheme: 'basic',
            description: 'The user `admin` with the admin token as password, for browsers.',
          },
        },
      },
    },
    { override: simplify },
  );
}

function pathsOf(routes: ReturnType<typeof everyRoute>): ZodOpenApiPathsObject {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const route of routes) {
    const path = describedPath(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route.id, route) };
  }
  return paths;
}

/** Returns a path of Express in the form of OpenAPI: `/api/files/{id}`. */
export function describedPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function operationOf(id: string, route: Route): ZodOpenApiOperationObject {
  const { summary, description, tag, access, body, params } = route;
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    tags: [tag],
    security: SECURITY[access],
    requestParams: {
      ...(params !== undefined && { path: params }),
      query: queryOf(route),
      header: headersOf(route),
    },
    ...(body !== undefined && {
      requestBody: {
        required: body.required,
        content: Object.fromEntries([body.type, ...(body.alsoTypes ?? [])].map((type) => [type, contentOf(body)])),
      },
    }),
    responses: responsesOf(route),
  };
}

function contentOf({ schema, examples }: RequestBody): ZodOpenApiMediaTypeObject {
  return { schema, examples: Object.fromEntries(Object.entries(examples).map(([name, value]) => [name, { value }])) };
}

function queryOf({ query, cached }: Route): z.ZodObject {
  return z.object({ ...query?.shape, ...(cached !== null && { cache: cacheParameter }) });
}

function headersOf({ headers, answers }: Route): z.ZodObject {
  return z.object({ ...headers?.shape, ...(304 in answers && { 'if-none-match': ifNoneMatch }) });
}
