import { median, notMeasured, type Row, rowOfRounds, withGenerator } from '../row.ts';
import type { LoadSample } from './load/wrk.ts';
import { EXPRESS_PEERS, type ExpressPeer, labelOfPeer, type ProxyName } from './others.ts';

const OURS = ['hit', '304', 'HEAD', 'POST hit', 'Redis hit', 'miss', 'bypass'] as const;
type Bare = 'bare' | 'bare 304' | 'bare HEAD' | 'bare POST';
export type SubjectName = (typeof OURS)[number] | Bare | ProxyName | ExpressPeer;

interface Comparison {
  readonly ours: SubjectName;
  readonly theirs: SubjectName;
  readonly against: string;
  readonly goal?: number;
}

const PEER_GOAL = 3;

/** A 304, a HEAD and a miss have no goal of their own. */
const COMPARISONS: readonly Comparison[] = [
  { ours: 'hit', theirs: 'bare', against: 'a bare node:http server, same bytes and headers', goal: 0.9 },
  { ours: 'hit', theirs: 'nginx', against: 'nginx proxy_cache', goal: 0.95 },
  { ours: 'hit', theirs: 'varnish', against: 'Varnish', goal: 1.2 },
  ...EXPRESS_PEERS.map((theirs) => ({
    ours: 'hit' as const,
    theirs,
    against: labelOfPeer(theirs),
    ...(theirs !== 'express' && { goal: PEER_GOAL }),
  })),
  { ours: 'POST hit', theirs: 'bare POST', against: 'a bare server that reads the same body', goal: 0.8 },
  { ours: 'Redis hit', theirs: 'bare', against: 'a bare node:http server, same bytes and headers', goal: 0.6 },
  { ours: '304', theirs: 'bare 304', against: 'a bare server that sends the same 304' },
  { ours: 'HEAD', theirs: 'bare HEAD', against: 'a bare server that sends the same headers' },
  { ours: 'miss', theirs: 'bypass', against: 'the same loads with ?cache=false' },
];

/** With 256 connections, the slowest of a hundred answers may take this many times as long as the bare server's. */
const P99_GOAL = 1.5;
const P99_CONNECTIONS = 256;

export type HitSamples = ReadonlyMap<SubjectName, readonly LoadSample[]>;

/** Returns the rows of one size of answer and one number of connections. */
export function hitRows(
  { size, connections }: { size: string; connections: number },
  samples: HitSamples,
  missing: ReadonlyMap<SubjectName, string>,
): Row[] {
  const where = `${size}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
  const rows = COMPARISONS.flatMap(({ ours, theirs, against, goal }) => {
    const id = `${ours}, ${where}`;
    if (!samples.has(ours) && !missing.has(ours)) return []; // not asked with this number of connections
    const why = missing.get(ours) ?? missing.get(theirs);
    if (why !== undefined) return [notMeasured(`${id} against ${against}`, why)];
    return [
      comparedRow(id, {
        ours: of(samples, ours),
        theirs: of(samples, theirs),
        against,
        ...(goal !== undefined && { goal }),
      }),
    ];
  });
  const hasBoth = !missing.has('hit') && !missing.has('bare');
  return connections === P99_CONNECTIONS && hasBoth ? [...rows, p99Row(where, samples)] : rows;
}

function p99Row(where: string, samples: HitSamples): Row {
  const [ours, theirs] = [of(samples, 'hit'), of(samples, 'bare')];
  const measured = {
    id: `hit p99, ${where}`,
    unit: 'ms',
    ours: ours.map(({ p99Ms }) => p99Ms),
    against: 'a bare node:http server, same bytes and headers',
    theirs: theirs.map(({ p99Ms }) => p99Ms),
    goal: 1 / P99_GOAL,
  };
  return withGenerator(rowOfRounds(measured, 'lower'), leastSpare([...ours, ...theirs]));
}

/** Returns a row of requests per second, with what the generator had left in its busiest sample. */
export function comparedRow(
  id: string,
  {
    ours,
    theirs,
    ...rest
  }: { ours: readonly LoadSample[]; theirs: readonly LoadSample[]; against: string; goal?: number },
): Row {
  const perSecond = (samples: readonly LoadSample[]) => samples.map((sample) => sample.perSecond);
  const measured = { id, unit: 'requests/s', ours: perSecond(ours), theirs: perSecond(theirs), ...rest };
  const ratioByCpu = ratioOfCpu(ours, theirs);
  const row = { ...rowOfRounds(measured), ...(ratioByCpu !== null && { ratioByCpu }) };
  return withGenerator(row, leastSpare([...ours, ...theirs]));
}

/** Returns the median ratio of the answers per second of processor time; null if a server's time is unknown. */
function ratioOfCpu(ours: readonly LoadSample[], theirs: readonly LoadSample[]): number | null {
  const perCpuSecond = ({ perSecond, server }: LoadSample) =>
    server && server.busy > 0 ? [perSecond / server.busy] : [];
  const [own, other] = [ours.flatMap(perCpuSecond), theirs.flatMap(perCpuSecond)];
  return own.length === 0 || other.length === 0 ? null : median(own) / median(other);
}

/** Returns the shares of the sample in which the generator had the least time left; null if none is known. */
export function leastSpare(samples: readonly LoadSample[]): { idle: number; waiting: number } | null {
  const known = samples.flatMap(({ generator }) =>
    generator === null ? [] : [{ idle: Math.max(0, 1 - generator.busy), waiting: generator.waiting }],
  );
  return known.sort((a, b) => a.idle - a.waiting - (b.idle - b.waiting))[0] ?? null;
}

function of(samples: HitSamples, name: SubjectName): readonly LoadSample[] {
  const found = samples.get(name);
  if (found === undefined) throw new Error(`expected samples of ${name}, got none`);
  return found;
}
