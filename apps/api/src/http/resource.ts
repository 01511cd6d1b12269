import type { IRouter, RequestHandler } from 'express';
import { MethodNotAllowed } from '../errors.ts';

type Handlers = Partial<Record<'GET' | 'POST' | 'DELETE', readonly RequestHandler[]>>;

/** Registers the methods of a path. Other methods get 405 with `Allow`; `OPTIONS` gets 204 with `Allow`. */
export function resource(router: IRouter, path: string, { GET, POST, DELETE }: Handlers): void {
  const route = router.route(path);
  if (GET) route.get(...GET);
  if (POST) route.post(...POST);
  if (DELETE) route.delete(...DELETE);
  const allow = [GET && 'GET, HEAD', POST && 'POST', DELETE && 'DELETE', 'OPTIONS'].filter(Boolean).join(', ');
  route.all((request, response) => {
    if (request.method !== 'OPTIONS') throw new MethodNotAllowed(request.method, allow);
    response.status(204).set('Allow', allow).end();
  });
}
