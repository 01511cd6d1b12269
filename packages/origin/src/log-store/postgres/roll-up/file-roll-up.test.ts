import { expect, test } from 'vitest';
import { record, second } from '../../testing/world.ts';
import { FileRollUp } from './file-roll-up.ts';

/** Adds `lines` records, one each `everySeconds`. */
function rollUpOf(lines: number, everySeconds: number, partsOf: (index: number) => object = () => ({})): FileRollUp {
  const rollUp = new FileRollUp();
  for (let index = 0; index < lines; index += 1) {
    rollUp.add([record(index + 1, { timestamp: second(index * everySeconds), ...partsOf(index) })]);
  }
  rollUp.end();
  return rollUp;
}

const cellsOf = (rollUp: FileRollUp): number => rollUp.groups.reduce((sum, { cells }) => sum + cells.size, 0);
const linesOf = (rollUp: FileRollUp): number =>
  rollUp.groups.flatMap(({ cells }) => [...cells.values()]).reduce((sum, { lines }) => sum + lines, 0);

test('buckets widen until there is one row per 100 records', () => {
  const rollUp = rollUpOf(100_000, 1);
  expect(rollUp.widthMs).toBe(5 * 60_000);
  expect(cellsOf(rollUp)).toBe(334);
  expect(linesOf(rollUp)).toBe(100_000);
});

test('buckets do not become wider than those of a timeline of the file', () => {
  const services = rollUpOf(20_000, 1, (index) => ({ service: `s${index % 50}` }));
  expect(services.widthMs).toBe(10 * 60_000);
  expect(cellsOf(services)).toBe(34 * 50);
  expect(linesOf(services)).toBe(20_000);
});

test('a short file has narrow buckets', () => {
  expect(rollUpOf(100, 0.01).widthMs).toBe(1_000);
});

test('records that are too varied are not counted ahead', () => {
  const varied = rollUpOf(6_000, 1, (index) => ({ service: `s${index}` }));
  expect(varied.widthMs).toBeNull();
  expect(varied.groups).toEqual([]);
});
