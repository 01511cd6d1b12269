import { parseArgs } from 'node:util';
import { engine } from './engine/engine.ts';
import { http } from './http.ts';
import { ingest } from './ingest.ts';
import { machine, type Row, table } from './row.ts';
import { scale } from './scale/scale.ts';
import type { SuiteOptions } from './suite.ts';

const SUITES = { engine, ingest, http, scale } satisfies Record<string, (options: SuiteOptions) => Promise<Row[]>>;

/** Fewer lines do not fill a page of a search. */
const MIN_LINES = 10_000;

/**
 * `npm run bench -- [engine|ingest|http|scale] [--quick] [--full] [--lines N] [--json]`: runs the named suites, by default all. Exits
 * with code 1 if a goal is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    lines: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
const unknown = positionals.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`bench: expected any of ${Object.keys(SUITES).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(1);
}
const lines = values.lines === undefined ? undefined : Number(values.lines);
if (lines !== undefined && !(Number.isInteger(lines) && lines >= MIN_LINES)) {
  console.error(`bench: --lines expected a whole number from ${MIN_LINES}, got ${values.lines}`);
  process.exit(1);
}

const log = (line: string) => console.error(line);
const { quick, full } = values;
const options = { quick, full, ...(lines !== undefined && { lines }), log, print: (text: string) => console.log(text) };
const rows: Row[] = [];
for (const [name, suite] of Object.entries(SUITES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  log(`\n${name}`);
  rows.push(...(await suite(options)));
}
console.log(`\n${table(rows)}`);
if (values.json) console.log(JSON.stringify({ rows, machine: machine() }));
process.exit(rows.every(({ holds }) => holds) ? 0 : 1);
