import { parseArgs } from 'node:util';
import { engine } from './engine/engine.ts';
import { http } from './http.ts';
import { ingest } from './ingest.ts';
import { machine, type Row, table } from './row.ts';
import type { SuiteOptions } from './suite.ts';

const SUITES = { engine, ingest, http } satisfies Record<string, (options: SuiteOptions) => Promise<Row[]>>;

/**
 * `npm run bench -- [engine|ingest|http] [--quick] [--json]`: runs the named suites, by default all. Exits with code 1
 * if a goal is missed.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } },
});
const unknown = positionals.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`bench: expected any of ${Object.keys(SUITES).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(1);
}

const log = (line: string) => console.error(line);
const rows: Row[] = [];
for (const [name, suite] of Object.entries(SUITES)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  log(`\n${name}`);
  rows.push(...(await suite({ quick: values.quick, log })));
}
console.log(`\n${table(rows)}`);
if (values.json) console.log(JSON.stringify({ rows, machine: machine() }));
process.exit(rows.every(({ holds }) => holds) ? 0 : 1);
