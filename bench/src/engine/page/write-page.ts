import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { lineChart } from '../../chart/line-chart.ts';
import { type RatioChart, ratioChart } from '../../chart/ratio-chart.ts';
import { growthCharts } from './growth-charts.ts';
import { type KeptRun, keptRuns } from './kept-runs.ts';
import { performancePage, titleOf, withoutReason } from './performance-page.ts';

const DOCS = new URL('../../../../docs/', import.meta.url);

/** The files of the page, below `docs/`, with their content. */
export function pageFiles(runs: readonly KeptRun[]): Readonly<Record<string, string>> {
  const growth = Object.entries(growthCharts(runs)).map(([name, chart]) => [name, lineChart(chart)]);
  return {
    'performance.md': performancePage(runs),
    'performance.svg': ratioChart(goalsOf(runs)),
    ...Object.fromEntries(growth),
  };
}

/** Writes the page of the kept runs and its drawing. Logs the rows that are behind without a reason. */
export function writePage(log: (line: string) => void): void {
  const runs = keptRuns();
  for (const [name, content] of Object.entries(pageFiles(runs)))
    writeFileSync(fileURLToPath(new URL(name, DOCS)), content);
  log(`wrote docs/performance.md from ${runs.length} parts`);
  for (const { part, id, against } of withoutReason(runs))
    log(`${id}, against ${against}: behind without a reason; add one for ${part} to bench/src/engine/page/reasons.ts`);
}

function goalsOf(runs: readonly KeptRun[]): RatioChart {
  const groups = runs.map(({ part, rows }) => ({
    title: titleOf(part),
    ratios: rows.flatMap(({ id, against, ratio, goal, holds, spread }) => {
      const [least, most] = spread?.ratio ?? [ratio, ratio];
      return goal === null ? [] : [{ label: id, against, ratio, least, most, goal, holds }];
    }),
  }));
  return {
    title: 'Ratio of each row with a goal',
    note: 'A dot is the median, its line the spread of the rounds, the bar the goal. A hollow red dot misses its goal. Further right is better.',
    groups: groups.filter(({ ratios }) => ratios.length > 0),
  };
}
