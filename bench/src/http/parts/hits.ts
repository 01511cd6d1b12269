import { interleaved } from '../../engine/rounds.ts';
import type { Row } from '../../row.ts';
import { closedLoop } from '../load/closed-loop.ts';
import { type LoadSample, wrk } from '../load/wrk.ts';
import { hitRows } from '../report.ts';
import type { HttpStage } from '../stage.ts';
import { openSubjects, type Subject } from '../subjects.ts';
import { SIZES, type Size, targetsOf } from '../targets.ts';

const CONNECTIONS = [1, 32, 256] as const;
/** The number with the longest samples; the others show how the order of the subjects changes. */
const USUAL_CONNECTIONS = 32;
const MAX_ROUNDS = 3;

/** Compares each kind of hit with other servers of the same bytes, by size and by number of connections. */
export async function hits(stage: HttpStage): Promise<Row[]> {
  const { quick, log } = stage;
  const sizes = quick ? (['3 kB'] as const) : (Object.keys(SIZES) as Size[]);
  const connections = quick ? [32] : CONNECTIONS;
  const rows: Row[] = [];
  for (const size of sizes) {
    const opened = await openSubjects(stage, await targetsOf(stage, size));
    try {
      // Compiles the code of every server.
      for (const subject of opened.subjects) await measureOnce(stage, subject, USUAL_CONNECTIONS, 1);
      for (const count of connections) {
        const samples = await measure(stage, opened.subjects, count);
        const names = new Map([...samples].map(([subject, each]) => [subject.name, each]));
        rows.push(...hitRows({ size, connections: count }, names, opened.missing));
        log(`${size}, ${count} connections: done`);
      }
    } finally {
      await opened.close();
    }
  }
  return rows;
}

async function measure(
  stage: HttpStage,
  subjects: readonly Subject[],
  connections: number,
): Promise<ReadonlyMap<Subject, readonly LoadSample[]>> {
  const rounds = Math.min(stage.rounds, MAX_ROUNDS);
  const seconds = connections === USUAL_CONNECTIONS ? stage.seconds : 1;
  const sample = (subject: Subject) => measureOnce(stage, subject, connections, seconds);
  return await interleaved(subjects, rounds, sample, (round, samples) => {
    const shown = [...samples].map(([{ name }, each]) => `${name} ${Math.round(each.at(-1)?.perSecond ?? 0)}/s`);
    stage.log(`round ${round} of ${rounds}, ${connections} connections: ${shown.join(', ')}`);
  });
}

async function measureOnce(
  stage: HttpStage,
  subject: Subject,
  connections: number,
  seconds: number,
): Promise<LoadSample> {
  await subject.prime();
  const load = { ...subject.load(), connections, seconds };
  return load.requests.method === 'HEAD' ? await closedLoop(load) : await wrk(stage.wrk, load);
}
