import { NoSample, useAwaited } from '../../faults/unsampled.tsx';
import { connection, useLive } from '../../live/live.ts';
import { query } from '../../router/location.ts';
import { spanOf } from '../../spans/spans.ts';
import { Changes } from './changes.tsx';
import { Endpoint } from './endpoint.tsx';
import './overview.css';
import { Tools } from './tools.tsx';
import { Totals } from './totals.tsx';
import { Verdict } from './verdict.tsx';
import { countsOf, sumsOf } from './window.ts';

/** The cached endpoints, in the order of the page. */
const ENDPOINTS = [
  { prefix: 'stats', route: 'GET /api/stats', what: 'Counts of the log lines, by level, service and time' },
  { prefix: 'search', route: 'POST /api/search', what: 'Log lines that match a query' },
  { prefix: 'files', route: 'GET /api/files', what: 'The list of uploaded files' },
] as const;

/** Whether something is wrong, what is cached, how much it saves, and what happens next. */
export function OverviewPage() {
  const cache = useLive('cache');
  const upcoming = useLive('upcoming');
  const awaited = useAwaited(['health', 'cache']);
  if (connection.value.kind === 'forbidden' || awaited.length > 0 || cache === null)
    return <NoSample sections={['health', 'cache']} what="the live state" purpose="read the live state" />;
  const { endpoints } = cache.data;
  const span = spanOf(query.value.get('span'));
  const all = Object.values(endpoints).flatMap((one) => countsOf(one, span) ?? []);
  const nextOf = (prefix: string) =>
    upcoming === null ? null : { at: upcoming.at, next: upcoming.data.prefixes[prefix] ?? null };
  return (
    <>
      <Verdict cache={cache} />
      <Tools span={span} />
      <Totals {...sumsOf(all)} />
      <div class="cards">
        {ENDPOINTS.map((endpoint) => {
          const { prefix } = endpoint;
          const stats = endpoints[prefix];
          return (
            <Endpoint
              key={prefix}
              {...endpoint}
              counts={countsOf(stats, span)}
              fresh={stats?.fresh}
              upcoming={nextOf(prefix)}
            />
          );
        })}
      </div>
      <Changes position={upcoming?.data.log.applied ?? 0} />
    </>
  );
}
