import type { LearnedStats } from '../model/learned-stats.ts';
import { decisionOfKey, decisionOfKind, decisionOfPrefix, type PrefixRates } from './rate-registry.ts';

export function learnedStats(rates: PrefixRates): LearnedStats {
  const { learning, keys, announced } = rates;
  const { freshForMs, evidence, estimate, why } = decisionOfPrefix(rates);
  const chosen = [...keys.values()].map((own) => decisionOfKey(rates, own).freshForMs).sort((a, b) => a - b);
  const [least, median, most] = [chosen[0], chosen[chosen.length >> 1], chosen.at(-1)];
  return {
    over: 'this process',
    mode: learning.mode,
    fresh_ms: {
      fixed: learning.fixedMs,
      allowed: learning.betweenMs,
      new_key: freshForMs,
      known_keys: least === undefined || median === undefined || most === undefined ? null : { least, median, most },
    },
    kinds: Object.fromEntries(
      [...rates.kinds].map(([name, kind]) => {
        const { freshForMs, why } = decisionOfKind(rates, kind);
        return [name, { fresh_ms: freshForMs, why }];
      }),
    ),
    outdated_share_limit: learning.outdatedShare,
    keys_known: keys.size,
    evidence: {
      observations: evidence.observations,
      changes: evidence.changes,
      exposure_ms: evidence.exposureMs,
      announced,
    },
    changes_per_hour: { mean: estimate.changesPerHour, upper: estimate.upperChangesPerHour },
    why,
  };
}
