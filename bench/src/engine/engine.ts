import type { Row } from '../row.ts';
import type { SuiteOptions } from '../suite.ts';
import { memoryHits } from './memory-hits.ts';
import { redisHits } from './redis-hits.ts';
import { onStage, type Stage } from './stage.ts';

const PARTS: readonly ((stage: Stage) => Promise<Row[]>)[] = [memoryHits, redisHits];

/** The engine beside other cache libraries, each in the settings that its own documentation recommends. */
export function engine(options: SuiteOptions): Promise<Row[]> {
  return onStage(options, async (stage) => {
    const rows: Row[] = [];
    for (const part of PARTS) rows.push(...(await part(stage)));
    return rows;
  });
}
