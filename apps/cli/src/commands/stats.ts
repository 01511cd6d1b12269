import { answerOf, type paths } from '@pilotlight/client';
import { Option } from 'commander';
import { type AddCommand, type CommandContext, print } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { bytesOf, type Cell, type Column, preciseDuration, tableOf } from '../text.ts';

const HELP = `
Counts of all processes, per endpoint. SAVED is the origin time that the cache saved: the sum of the load times of the
answers that it served. FRESH is the fresh time in force. STALE FOUND are the audited entries that differed from the
origin. The percentiles are exact to 25 %.

Examples:
  $ npm run pilotlight -- stats
  $ npm run pilotlight -- stats --window 15m
  $ npm run -s pilotlight -- stats --json | jq .endpoints.stats.windows`;

type Answer = paths['/api/cache/stats']['get']['responses'][200]['content']['application/json'];
type Endpoint = Omit<Answer['endpoints'][string], 'learned'>;
type Stats = Omit<Answer, 'endpoints'> & { endpoints: Record<string, Endpoint> };
type Reads = Omit<Endpoint, 'windows' | 'since' | 'fresh'>;

const WINDOWS = ['1m', '15m', '60m', 'all'] as const;

interface StatsFlags {
  window: (typeof WINDOWS)[number];
  json?: boolean;
}

/** `stats`: shows the counts of the cache. */
export const addStats: AddCommand = (program, context, end) => {
  program
    .command('stats')
    .description('show what the cache does, per endpoint')
    .addOption(
      new Option('--window <window>', 'the last minutes, or all since the last reset').choices(WINDOWS).default('all'),
    )
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (flags: StatsFlags) => end(await showStats(flags, context)));
};

async function showStats({ window, json }: StatsFlags, context: CommandContext): Promise<ExitCode> {
  const { data } = await answerOf(connect(context).GET('/api/cache/stats', { signal: context.signal }));
  print(context, json, data, (stats) => describeStats(stats, window, context.terminal));
  return EXIT_CODES.done;
}

const COLUMNS: readonly Column[] = [
  { title: 'endpoint' },
  ...['reads', 'hit %', 'stale', 'misses', 'hit p50', 'hit p99', 'miss p50', 'miss p99', 'saved', 'bytes', 'fresh'].map(
    (title) => ({ title, isNumber: true }) as const,
  ),
  { title: 'stale found', isNumber: true },
];

function describeStats(
  { endpoints, cache_stats, redis_info }: Stats,
  window: StatsFlags['window'],
  terminal: Terminal,
) {
  const rows = Object.entries(endpoints).map(([name, endpoint]) => rowOf(name, endpoint, readsOf(endpoint, window)));
  const { hits, misses, hit_rate_percent } = cache_stats;
  const { used_memory_human: memory } = redis_info;
  const seconds = Object.values(endpoints)[0]?.windows;
  const since =
    window === 'all' ? 'since the last reset' : `in ${preciseDuration((seconds?.[window].seconds ?? 0) * 1_000)}`;
  const table = rows.length === 0 ? 'No reads yet.\n' : tableOf(terminal, COLUMNS, rows);
  const all = `${hits + misses} reads since the last reset, ${hit_rate_percent} % hits; Redis holds ${memory ?? 'an unknown number of bytes'}.\n`;
  return rows.length === 0 ? table : `${table}\nThe table counts ${since}. ${all}`;
}

function readsOf(endpoint: Endpoint, window: StatsFlags['window']): Reads | null {
  return window === 'all' ? endpoint : (endpoint.windows?.[window] ?? null);
}

function rowOf(name: string, { fresh }: Endpoint, reads: Reads | null): Cell[] {
  if (reads === null) return [name, ...COLUMNS.slice(1).map(() => null)];
  const { hit, miss } = reads.latency_ms;
  const duration = (ms: number | undefined): Cell => (ms === undefined ? null : preciseDuration(ms));
  return [
    name,
    reads.hits + reads.stale + reads.misses,
    reads.hit_rate_percent,
    reads.stale,
    reads.misses,
    duration(hit?.p50),
    duration(hit?.p99),
    duration(miss?.p50),
    duration(miss?.p99),
    preciseDuration(reads.load_ms_saved),
    bytesOf(reads.bytes_served),
    duration(fresh?.fresh_ms),
    reads.freshness === undefined ? null : `${reads.freshness.mismatches} of ${reads.freshness.audited}`,
  ];
}
