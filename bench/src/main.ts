import { parseArgs } from 'node:util';
import { consoleSuite } from './console/console.ts';
import { engine } from './engine/engine.ts';
import { writePage } from './engine/page/write-page.ts';
import { http } from './http/http.ts';
import { ingest } from './ingest.ts';
import { machine, type Row, table } from './row.ts';
import { scale } from './scale/scale.ts';
import type { SuiteOptions } from './suite.ts';

const SUITES = { engine, ingest, http, scale, console: consoleSuite } satisfies Record<
  string,
  (options: SuiteOptions) => Promise<Row[]>
>;

/** Fewer lines do not fill a page of a search. */
const MIN_LINES = 10_000;

const USAGE = `npm run bench -- [${Object.keys(SUITES).join('|')}] [--quick] [--full] [--lines N] [--only PART,PART] [--page | --redraw] [--json]

Runs the named suites, by default all, and prints a table of medians and their spread. Exits with code 1 if a goal is missed.

  --quick   fewer rounds and sizes
  --full    the sizes that take longest as well
  --lines   log lines in the store, from ${MIN_LINES}
  --only    the named parts of a suite, such as hits,keys
  --page    keeps the results of the engine's parts, and writes docs/performance.md from all kept results
  --redraw  writes docs/performance.md from the kept results and measures nothing
  --json    also prints the rows as JSON`;

const log = (line: string) => console.error(line);
const { values, positionals } = parsed();
if (values.help) {
  console.log(USAGE);
  process.exit(0);
}
if (values.redraw) {
  writePage(log);
  process.exit(0);
}
const unknown = positionals.filter((name) => !(name in SUITES));
if (unknown.length > 0) refuse(`expected any of ${Object.keys(SUITES).join(', ')}, got ${unknown.join(', ')}`);
const lines = values.lines === undefined ? undefined : Number(values.lines);
if (lines !== undefined && !(Number.isInteger(lines) && lines >= MIN_LINES))
  refuse(`--lines expected a whole number from ${MIN_LINES}, got ${values.lines}`);

const { quick, full, page } = values;
const only = values.only?.split(',');
const options: SuiteOptions = {
  quick,
  full,
  page,
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

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        quick: { type: 'boolean', default: false },
        full: { type: 'boolean', default: false },
        lines: { type: 'string' },
        only: { type: 'string' },
        page: { type: 'boolean', default: false },
        redraw: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

function refuse(why: string): never {
  console.error(`bench: ${why}\n\n${USAGE}`);
  process.exit(1);
}
