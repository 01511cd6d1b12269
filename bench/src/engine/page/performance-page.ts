import { type Row, short, verdict } from '../../row.ts';
import { growthCharts } from './growth-charts.ts';
import type { KeptRun } from './kept-runs.ts';
import { whyBehind } from './reasons.ts';

/** Titles of the parts, in words of a reader. A part without one is shown by its name. */
const TITLES: Readonly<Record<string, string>> = {
  'memory-hits': 'Memory hits',
  'two-tier-hits': 'Memory hits in front of Redis',
  'redis-hits': 'Redis hits',
  batches: 'Batches from Redis',
  misses: 'Misses',
  'cold-key': 'A cold key with many readers',
  receipts: 'Invalidations and their receipts',
  clears: 'Clearing a prefix',
  'frozen-redis': 'A frozen Redis',
  history: 'A long invalidation log',
  demand: 'Recording of demand',
  growth: 'Growth',
  'growth-by-processes': 'Growth by processes',
  replays: 'Hit ratio of replays',
  heap: 'Memory per entry',
};

export function titleOf(part: string): string {
  return TITLES[part] ?? part;
}

/** Returns the page of the kept runs in Markdown. */
export function performancePage(runs: readonly KeptRun[]): string {
  const rows = runs.flatMap(({ rows }) => rows);
  const goals = rows.filter(({ goal }) => goal !== null);
  const held = goals.filter(({ holds }) => holds);
  return [
    '# Performance of the engine',
    '<!-- Written by `npm run bench -- engine --page`. Change bench/src/engine/page/ instead. -->',
    `${held.length} of ${goals.length} goals hold. A ratio compares us with the other side of the row: above 1 we are better, whether the unit is a rate or a time.`,
    '![Ratio of each row with a goal, with its spread and goal](performance.svg)',
    '## The run',
    ...runLines(runs),
    '## How to repeat it',
    REPEAT,
    '## How to read the tables',
    READING,
    '## Where another side is ahead, and why',
    ...behindLines(rows),
    ...runs.flatMap((run) => [`## ${titleOf(run.part)}`, ...drawingsOf(run), tableOf(run.rows)]),
  ]
    .join('\n\n')
    .concat('\n');
}

function drawingsOf(run: KeptRun): string[] {
  return Object.entries(growthCharts([run])).map(([name, { title }]) => `![${title}](${name})`);
}

const REPEAT = `\`\`\`
npm run bench -- engine --page     # about 25 minutes on two cores; writes this page
npm run bench -- engine --quick    # less than 3 minutes
npm run bench -- engine --only memory-hits,heap
\`\`\`

The machine should have nothing else to do. The command starts its own Redis servers. [benchmarks.md](benchmarks.md#the-engine) describes the method.`;

const READING = `- Figures are medians of the rounds; in brackets are the lowest and the highest. The ratio is computed within each round.
- **Worse half** is the median ratio of the worse half of the rounds. A goal holds only if the worse half reaches it.
- **CPU** is the processor time of the measuring process per operation in µs, ours and theirs. Other programs on the machine change it less than the rate.
- *Tagged* entries can be invalidated by tag. Peers run as their documentation recommends; rows with *our client settings* give them our Redis client.`;

function runLines(runs: readonly KeptRun[]): string[] {
  const lines = new Map<string, string[]>();
  for (const { part, day, kind, rounds, machine } of runs) {
    const { cpu, cores, node, platform } = machine;
    const line = `a ${kind} run of ${rounds} rounds on ${day}: ${cores} cores (${cpu}), Node ${node}, ${platform}`;
    lines.set(line, [...(lines.get(line) ?? []), titleOf(part)]);
  }
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const took = [`All parts together took ${Math.round(seconds / 60)} minutes.`];
  const quick = 'A quick run has two rounds and smaller sizes: it shows where to look, and a full run decides.';
  if (runs.some(({ kind }) => kind === 'quick')) took.push(quick);
  if (lines.size === 1) return [`All figures are from ${[...lines.keys()][0]}. ${took.join(' ')}`];
  return [[...lines].map(([line, parts]) => `- ${parts.join(', ')}: ${line}`).join('\n'), took.join(' ')];
}

function behindLines(rows: readonly Row[]): string[] {
  const reasons = Map.groupBy(rows.filter(isBehind), (row) => {
    return `**${titleOf(row.part ?? '')}.** ${whyBehind(row) ?? 'No reason is known yet.'}`;
  });
  if (reasons.size === 0) return ['No row is behind.'];
  return [...reasons].map(([why, behind]) => {
    const list = behind.map((row) => `- ${row.id}, against ${row.against}: ${short(row.ratio)} ×${goalOf(row)}`);
    return `${why}\n\n${list.join('\n')}`;
  });
}

/** Returns whether a goal is missed, or another library is ahead: its label has a version. */
export function isBehind({ holds, ratio, goal, against }: Row): boolean {
  return !holds || (ratio < 1 && (goal === null || / \d+\.\d+\.\d+/.test(against)));
}

/** Returns the rows that are behind and have no reason in the table of reasons. */
export function withoutReason(runs: readonly KeptRun[]): Row[] {
  return runs.flatMap(({ rows }) => rows).filter((row) => isBehind(row) && whyBehind(row) === null);
}

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    ...[
      row.id,
      row.against,
      row.unit,
      withSpread(row.ours, row.spread?.ours),
      withSpread(row.theirs, row.spread?.theirs),
    ],
    ...[withSpread(row.ratio, row.spread?.ratio), row.worse === undefined ? '' : short(row.worse), goalCell(row)],
    row.cpuMicros ? `${short(row.cpuMicros.ours)} / ${short(row.cpuMicros.theirs)}` : '',
    verdict(row),
  ]);
  const head = ['what', 'compared with', 'unit', 'ours', 'theirs', 'ratio', 'worse half', 'goal', 'CPU', 'result'];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function goalCell({ goal }: Row): string {
  return goal === null ? '' : `≥ ${short(goal)}`;
}

function goalOf(row: Row): string {
  return row.goal === null ? '' : `, goal ${goalCell(row)}, worse half ${short(row.worse ?? row.ratio)}`;
}

function withSpread(value: number, spread?: readonly [number, number]): string {
  if (!spread || spread[0] === spread[1]) return short(value);
  return `${short(value)} (${short(spread[0])}–${short(spread[1])})`;
}
