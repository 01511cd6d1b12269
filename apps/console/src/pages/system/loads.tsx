import { originName, type Processes } from '../../faults/faults.ts';
import { count } from '../../format/format.ts';
import type { Section } from '../../live/types.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty } from '../../ui/states.tsx';
import { loadsByOrigin, type OriginLoads } from './loads.ts';

/** How busy the stores are with loads, over all processes. */
export function Loads({ processes, health }: { readonly processes: Processes; readonly health: Section<'health'> }) {
  const isUsed = ({ origin }: OriginLoads): boolean =>
    origin !== 'elasticsearch' || health.log_store === 'elasticsearch';
  const all = loadsByOrigin(processes ?? []).filter(isUsed);
  return (
    <Panel title="Loads at the origin" aside={<span class="muted small">over all processes</span>}>
      {all.length === 0 ? (
        <Empty title="Unknown" hint="No process reports its loads." />
      ) : (
        <div class="loads">
          {all.map((one) => (
            <Origin key={one.origin} {...one} />
          ))}
        </div>
      )}
    </Panel>
  );
}

function Origin({ origin, permits, running, waiting, abandoned }: OriginLoads) {
  const share = permits === 0 ? 0 : Math.min(100, (running / permits) * 100);
  return (
    <div>
      <p class="loads-head">
        <strong>{originName(origin)}</strong>
        <span>
          {count(running)} of {count(permits)} permits in use
        </span>
      </p>
      <svg class="loads-bar" viewBox="0 0 100 2" preserveAspectRatio="none" aria-hidden="true">
        <rect class="loads-used" width={share} height="2" />
      </svg>
      <p class="muted small">
        {count(waiting)} {waiting === 1 ? 'load waits' : 'loads wait'} for a permit
        {abandoned === 0 ? '' : `, ${count(abandoned)} timed out and still run`}
      </p>
    </div>
  );
}
