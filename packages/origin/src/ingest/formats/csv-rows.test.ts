import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CsvRow, CsvRows, scanLine } from './csv-rows.ts';

interface Framed {
  rows: CsvRow[];
  scannedCharacters: number;
}

function frame(lines: readonly string[], maxLength: number): Framed {
  const rows: CsvRow[] = [];
  let scannedCharacters = 0;
  const take = (row: CsvRow) => rows.push(row);
  const framed = new CsvRows(',', take, maxLength, (text, delimiter, isOpen) => {
    scannedCharacters += text.length;
    return scanLine(text, delimiter, isOpen);
  });
  for (const line of lines) framed.line(line, '\n', 0);
  framed.end();
  return { rows, scannedCharacters };
}

/** The rule without regard to cost: a line that does not begin a whole row is damaged, and the next line is tried. */
function specified(lines: readonly string[], maxLength: number): Pick<CsvRow, 'text' | 'kind' | 'columns'>[] {
  const rows: Pick<CsvRow, 'text' | 'kind' | 'columns'>[] = [];
  for (let from = 0; from < lines.length; ) {
    const row = rowFrom(lines.slice(from), maxLength);
    rows.push(row ?? { text: lines[from] ?? '', kind: 'damaged', columns: 0 });
    from += row?.text.split('\n').length ?? 1;
  }
  return rows;
}

function rowFrom(lines: readonly string[], maxLength: number): Pick<CsvRow, 'text' | 'kind' | 'columns'> | null {
  let columns = 1;
  for (const [index, line] of lines.entries()) {
    const text = lines.slice(0, index + 1).join('\n');
    if (index > 0 && text.length + 1 > maxLength) return null;
    const { state, delimiters } = scanLine(line, ',', index > 0);
    columns += delimiters;
    if (state === 'damaged') return null;
    if (state === 'complete') return { text, kind: text.includes('"') ? 'quoted' : 'plain', columns };
    if (text.length + 1 > maxLength) return null;
  }
  return null;
}

const line = fc
  .array(fc.constantFrom('"', '"', ',', 'a', '""', '",', ',"'), { maxLength: 6 })
  .map((parts) => parts.join(''));

describe('rows of CSV', () => {
  test('random lines with quotes anywhere are framed as the rule says', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), fc.integer({ min: 7, max: 60 }), (lines, maxLength) => {
        const rows = frame(lines, maxLength).rows.map(({ text, kind, columns }) => ({ text, kind, columns }));
        expect(rows).toEqual(specified(lines, maxLength));
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['open from both sides', 'a",b,"c'],
    ['only opened', '"a,b'],
    ['damaged from both sides', '"a"b,"c'],
    ['of one quote', '"'],
    ['without a quote, below one that is never closed', ','],
  ])('lines %s are scanned at most twice', (_name, text) => {
    const lines = ['"', ...Array.from({ length: 50_000 }, () => text)];
    const { rows, scannedCharacters } = frame(lines, 64 * 1024);
    expect(rows.map((row) => row.text).join('\n')).toBe(lines.join('\n'));
    expect(scannedCharacters).toBeLessThanOrEqual(2 * lines.join('').length);
  });

  test('random lines are scanned at most twice', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 300 }), fc.integer({ min: 7, max: 300 }), (lines, maxLength) => {
        expect(frame(lines, maxLength).scannedCharacters).toBeLessThanOrEqual(2 * lines.join('').length);
      }),
    );
  });
});
