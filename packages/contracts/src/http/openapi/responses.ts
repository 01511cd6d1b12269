import { z } from 'zod';
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { problemSchema } from '../../problem.ts';
import { PROBLEM_TYPES, type ProblemCode } from '../../problem-types.ts';
import { EVERY_ANSWER, headersOfProblem } from '../headers.ts';
import type { Route, RouteAnswer } from '../route.ts';
import { errorsOf } from '../routes.ts';

/** Returns the described responses of a route: its answers, and a problem document for each status of its errors. */
export function responsesOf(route: Route): ZodOpenApiResponsesObject {
  const sent = (status: number) => route.errorStatuses?.[status] ?? status;
  const problems = Map.groupBy(errorsOf(route).flatMap(statusesOf), ({ status }) => sent(status));
  const responses: Record<string, ZodOpenApiResponseObject> = {};
  for (const [status, answer] of Object.entries(route.answers)) responses[status] = responseOf(answer);
  for (const [status, codes] of problems)
    responses[status] = withProblem(
      withErrorTypes(responses[status], route.errorTypes ?? []),
      status,
      codes.map(({ code }) => code),
    );
  return responses as ZodOpenApiResponsesObject;
}

/** Returns the statuses with which a code is sent. The reader of bodies decides whether a body is unreadable or its type unsupported. */
function statusesOf(code: ProblemCode): { code: ProblemCode; status: number }[] {
  const statuses = code === 'UNREADABLE_BODY' ? [400, 415] : [PROBLEM_TYPES[code].status];
  return statuses.map((status) => ({ code, status }));
}

function responseOf({ description, type, alsoTypes = [], body, headers }: RouteAnswer): ZodOpenApiResponseObject {
  return {
    description,
    headers: z.object({ ...EVERY_ANSWER, ...headers }),
    ...(type !== null && {
      content: Object.fromEntries(
        [type, ...alsoTypes].map((one) => [mediaTypeOf(one), { schema: body ?? z.string() }]),
      ),
    }),
  };
}

/** Adds the types in which the route answers with errors in place of a problem. */
function withErrorTypes(
  answer: ZodOpenApiResponseObject | undefined,
  types: readonly string[],
): ZodOpenApiResponseObject | undefined {
  if (types.length === 0) return answer;
  const status = z.looseObject({ code: z.int(), message: z.string() });
  return { description: 'An error.', content: Object.fromEntries(types.map((type) => [type, { schema: status }])) };
}

/** Adds a problem to a response; a status such as 503 of `/readyz` has an answer of its own, too. */
function withProblem(
  answer: ZodOpenApiResponseObject | undefined,
  status: number,
  codes: readonly ProblemCode[],
): ZodOpenApiResponseObject {
  const problem = z.intersection(problemSchema, z.looseObject({ code: z.enum(codes), status: z.literal(status) }));
  const described = codes.map((code) => `\`${code}\``).join(', ');
  return {
    description: answer === undefined ? described : `${answer.description} Or ${described}.`,
    headers: z.object({ ...EVERY_ANSWER, ...headersOfProblem(status, codes, answer !== undefined) }),
    content: { ...answer?.content, 'application/problem+json': { schema: problem } },
  };
}

function mediaTypeOf(type: string): string {
  return type.split(';', 1)[0] ?? type;
}
