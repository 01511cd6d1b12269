export { IDEMPOTENCY_KEY } from './headers.ts';
export { type ApiDescription, describeApi, describedPath } from './openapi/describe-api.ts';
export type { Access, Method, Route, RouteAnswer } from './route.ts';
export { type AnswerBody, type CachedOperationId, errorsOf, everyRoute, type OperationId, ROUTES } from './routes.ts';
