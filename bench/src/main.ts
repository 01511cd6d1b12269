import { parseArgs } from 'node:util';
import { engine } from './engine/engine.ts';
import { http } from './http/http.ts';
import { ingest } from './ingest.ts';
import { machine, type Row, table } from './row.ts';
import { scale } from './scale/scale.ts';
import type { SuiteOptions } from './suite.ts';

const SUITES = { engine, ingest, http, scale } satisfies Record<string, (options: SuiteOptions) => Promise<Row[]>>;

/** Fewer lines do not fill a page of a search. */
const MIN_LINES = 10_000;

/**
 * `npm run bench -- [engine|ingest|http|scale] [--quick] [--full] [--lines N] [--only PART,PART] [--json]`: runs the named suites, by
 * default all. Exits with code 1 if a goal is missed, and names it.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    lines: { type: 'string' },
    only: { type: 'string' },
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
const only = values.only?.split(',');
const options: SuiteOptions = {
  quick,
  full,
  ...(lines !== undefined && { lines }),
  ...(only !== undefined && { only }),
  log,
  print: (text) => console.log(text),
};
const rows: Row[] = [];
for (const [name, suite] of Object.entries(SUITES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  log(`\n${name}`);
  rows.push(...(await suite(options)));
}
console.log(`\n${table(rows)}`);
const missed = rows.filter(({ holds }) => !holds);
if (missed.length > 0)
  console.log(`\nMissed goals:\n${missed.map(({ id, against }) => `  ${id} (compared with ${against})`).join('\n')}`);
if (values.json) console.log(JSON.stringify({ rows, machine: machine() }));
process.exit(missed.length === 0 ? 0 : 1);
