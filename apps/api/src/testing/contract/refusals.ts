import { everyRoute } from '@pilotlight/contracts/http';
import { type Known, REQUESTS } from './requests.ts';
import type { Sent } from './send.ts';

/** A request that is refused for a reason that does not depend on the route. */
export interface Refusal {
  readonly status: number;
  readonly sent: Sent;
}

/** The paths that are served under any `Host`, the last one because the api has tokens. */
const ANY_HOST: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);
const MIB = 1_024 * 1_024;

/**
 * Returns the requests that each route refuses by its access, method and body.
 *
 * @param lesserToken a valid token without the role `admin`
 */
export function refusals(known: Known, lesserToken: string): Refusal[] {
  return everyRoute().flatMap(({ id, access, method, body, path }) => {
    const valid: Sent = REQUESTS[id](known);
    const changed = (headers: Sent['headers'], text = valid.body): Sent => ({
      ...valid,
      headers: { ...valid.headers, ...headers },
      ...(text !== undefined && { body: text }),
    });
    const all: (Refusal | false)[] = [
      { status: 400, sent: changed({ Host: ['localhost', 'localhost'] }) },
      { status: 417, sent: changed({ Expect: 'other' }) },
      { status: 431, sent: changed({ 'X-Long': 'x'.repeat(17_000) }) },
      !ANY_HOST.has(path) && { status: 421, sent: changed({ Host: 'other.example' }) },
      access !== 'open' && { status: 401, sent: changed({ authorization: 'Bearer wrong' }) },
      access === 'admin' && { status: 403, sent: changed({ authorization: `Bearer ${lesserToken}` }) },
      method !== 'GET' && { status: 403, sent: changed({ 'Sec-Fetch-Site': 'cross-site' }) },
      body !== undefined && { status: 415, sent: changed({ 'Content-Type': 'text/xml' }) },
      body?.type === 'application/json' && { status: 400, sent: changed({}, '{"q": ') },
      body?.type === 'application/json' && { status: 413, sent: changed({}, `{"q": "${'x'.repeat(MIB)}"}`) },
      body?.type === 'application/json' && { status: 415, sent: changed({ 'Content-Encoding': 'unknown' }) },
    ];
    return all.filter((one) => one !== false);
  });
}
