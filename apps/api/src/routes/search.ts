import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { cachedRoute } from '../http/cached-recipe.ts';
import { jsonBody } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';

const noQuery = z.strictObject({});

/** `POST /api/search` */
export function searchLogs(deps: Deps): Handlers {
  const [shed, checkCache, ...read] = cachedRoute(deps, 'searchLogs', (view) => {
    // Fields of the search in the query would be ignored silently.
    parseInput(noQuery, view.query);
    return view.body;
  });
  return [shed, checkCache, ...jsonBody(), ...read];
}
