import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rowOfRounds } from '../../row.ts';
import { keptRuns } from './kept-runs.ts';
import { isBehind, performancePage, withoutReason } from './performance-page.ts';
import { whyBehind } from './reasons.ts';
import { pageFiles } from './write-page.ts';

const MACHINE = { cpu: 'x', cores: 2, node: 'v26', platform: 'linux' };
const row = (ours: number, { goal, against = 'peer 1.2.3, tagged' }: { goal?: number; against?: string } = {}) =>
  rowOfRounds({ id: 'hit', unit: 'hits/s', ours: [ours], against, theirs: [100], ...(goal && { goal }) });
const run = (part: string, rows: ReturnType<typeof row>[], day = '2026-01-31') => ({
  ...({ part, day, kind: 'quick', rounds: 2, seconds: 60, machine: MACHINE } as const),
  rows: rows.map((each) => ({ ...each, part })),
});

test('page and drawing are those of the kept runs', () => {
  for (const [name, content] of Object.entries(pageFiles(keptRuns())))
    expect(readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8')).toBe(content);
});

test('every row of the kept runs that is behind has a reason', () => {
  expect(withoutReason(keptRuns()).map(({ part, id, against }) => `${part}: ${id}, against ${against}`)).toEqual([]);
});

test('a row that is behind without a reason is reported', () => {
  const runs = [run('unknown', [row(90), row(110), row(90, { goal: 0.9, against: 'a limit' })])];
  expect(withoutReason(runs).map(({ ours }) => ours)).toEqual([90]);
  expect(performancePage(runs)).toContain('No reason is known yet.\n\n- hit, against peer 1.2.3, tagged: 0.900 ×');
});

test('a peer is ahead even where its lead is within the goal', () => {
  expect(isBehind(row(90, { goal: 0.8 }))).toBe(true);
  expect(isBehind(row(90, { goal: 0.8, against: 'without any' }))).toBe(false);
  expect(isBehind(row(70, { goal: 0.8, against: 'without any' }))).toBe(true);
});

test('the first matching reason of the part counts', () => {
  const reasons = [
    { part: 'a', rows: /^hit .*peer/, why: 'one' },
    { part: 'a', why: 'two' },
  ];
  const why = (part: string, against: string) => whyBehind({ part, id: 'hit', against }, reasons);
  expect([why('a', 'peer'), why('a', 'limit'), why('b', 'peer')]).toEqual(['one', 'two', null]);
});

test('the page names the run of each part', () => {
  const same = performancePage([run('heap', [row(110)]), run('misses', [row(110)])]);
  expect(same).toContain('All figures are from a quick run of 2 rounds on 2026-01-31');
  const different = performancePage([run('heap', [row(110)]), run('misses', [row(110)], '2026-02-01')]);
  expect(different).toContain('- Memory per entry: a quick run of 2 rounds on 2026-01-31');
});
