import type { Row } from '../../row.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { type LoadSample, wrk } from '../load/wrk.ts';
import { hitRows, type SubjectName } from '../report.ts';
import type { HttpStage } from '../stage.ts';
import { openSubjects, type Subject } from '../subjects.ts';
import { SIZES, type Size, targetsOf } from '../targets.ts';

const CONNECTIONS = [1, 32, 256] as const;
/** The number with the longest samples; the others show how the order of the subjects changes. */
const USUAL_CONNECTIONS = 32;
/** More misses at once than this are an overload, which has its own part. */
const MAX_CONNECTIONS_OF_MISSES = 32;
const MAX_ROUNDS = 3;
/** A server that was idle for the samples of the others runs at half its rate for up to a second, while V8 compiles again. */
const WARM_UP_SECONDS = 1;

/** Compares each kind of hit with other servers of the same bytes, by size and by number of connections. */
export async function hits(stage: HttpStage): Promise<Row[]> {
  const { quick, log } = stage;
  const sizes = quick ? (['3 kB'] as const) : (Object.keys(SIZES) as Size[]);
  const connections = quick ? [USUAL_CONNECTIONS] : CONNECTIONS;
  const rows: Row[] = [];
  for (const size of sizes) {
    const opened = await openSubjects(stage, await targetsOf(stage, size));
    try {
      // Compiles the code of every server.
      await measure(stage, opened.subjects, { connections: USUAL_CONNECTIONS, rounds: 1, seconds: 1 });
      for (const count of connections) {
        const seconds = count === USUAL_CONNECTIONS ? stage.seconds : 1;
        const rounds = Math.min(stage.rounds, MAX_ROUNDS);
        const { samples, failures } = await measure(stage, opened.subjects, { connections: count, rounds, seconds });
        rows.push(...hitRows({ size, connections: count }, samples, new Map([...opened.missing, ...failures])));
        log(`${size}, ${count} connections: done`);
      }
    } finally {
      await opened.close();
    }
  }
  return rows;
}

interface Measured {
  readonly samples: ReadonlyMap<SubjectName, readonly LoadSample[]>;
  /** Why a subject has no samples. */
  readonly failures: ReadonlyMap<SubjectName, string>;
}

/** Measures each subject in turn, round after round. A subject that fails is not measured again. */
async function measure(
  stage: HttpStage,
  subjects: readonly Subject[],
  { connections, rounds, seconds }: { connections: number; rounds: number; seconds: number },
): Promise<Measured> {
  const measured = subjects.filter(({ isMiss }) => !isMiss || connections <= MAX_CONNECTIONS_OF_MISSES);
  const samples = new Map<SubjectName, LoadSample[]>(measured.map(({ name }) => [name, []]));
  const failures = new Map<SubjectName, string>();
  for (let round = 1; round <= rounds; round++) {
    for (const subject of measured) {
      if (failures.has(subject.name)) continue;
      try {
        samples.get(subject.name)?.push(await measureOnce(stage, subject, connections, seconds));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        stage.log(`${subject.name} failed: ${why}`);
        failures.set(subject.name, why);
      }
    }
    const shown = [...samples].map(([name, each]) => `${name} ${Math.round(each.at(-1)?.perSecond ?? 0)}/s`);
    stage.log(`round ${round} of ${rounds}, ${connections} connections: ${shown.join(', ')}`);
  }
  return { samples, failures };
}

async function measureOnce(
  stage: HttpStage,
  subject: Subject,
  connections: number,
  seconds: number,
): Promise<LoadSample> {
  const run = async (during: number): Promise<LoadSample> => {
    await subject.prime();
    const load = { ...subject.load(), connections, seconds: during };
    return load.requests.method === 'HEAD' ? await closedLoop(load) : await wrk(stage.wrk, load);
  };
  await run(WARM_UP_SECONDS);
  return await run(seconds);
}
