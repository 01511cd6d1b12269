import { notMeasured, type Row } from '../row.ts';
import type { SuiteOptions } from '../suite.ts';
import { headline } from './parts/headline.ts';
import { hits } from './parts/hits.ts';
import { keys } from './parts/keys.ts';
import { overload } from './parts/overload.ts';
import { type HttpStage, onStage } from './stage.ts';

const PARTS = { hits, keys, headline, overload } satisfies Record<string, (stage: HttpStage) => Promise<Row[]>>;

/**
 * Measures the service through HTTP, on one core: hits against servers that do nothing else and against other caches, a hit against
 * its load, many keys, and more requests than it can answer.
 */
export async function http(options: SuiteOptions): Promise<Row[]> {
  const { only = Object.keys(PARTS), log } = options;
  const unknown = only.filter((name) => !(name in PARTS));
  if (unknown.length > 0)
    throw new Error(`--only: expected any of ${Object.keys(PARTS).join(', ')}, got ${unknown.join(', ')}`);
  return await onStage(options, async (stage) => {
    const rows: Row[] = [];
    for (const [name, part] of Object.entries(PARTS)) {
      if (!only.includes(name)) continue;
      const began = performance.now();
      rows.push(...(await part(stage).catch((error: unknown) => failed(name, error, log))));
      log(`${name}: ${((performance.now() - began) / 1_000).toFixed(0)} s`);
    }
    return rows;
  });
}

/** The figures of the other parts are kept when one fails. */
function failed(part: string, error: unknown, log: SuiteOptions['log']): Row[] {
  log(`${part}: ${error instanceof Error ? error.stack : String(error)}`);
  return [notMeasured(part, error instanceof Error ? error.message : String(error))];
}
