/** Measurements of each subject, round by round. */
export type Samples<Subject, Result> = ReadonlyMap<Subject, readonly Result[]>;

/**
 * Measures each subject in turn, round after round, so that background load affects all of them. Each round begins with
 * another subject, so that none is always the first.
 */
export async function interleaved<Subject, Result>(
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject, round: number) => Promise<Result>,
  onRound?: (round: number, samples: Samples<Subject, Result>) => void,
): Promise<Samples<Subject, Result>> {
  const samples = new Map<Subject, Result[]>(subjects.map((subject) => [subject, []]));
  for (let round = 1; round <= rounds; round++) {
    const first = (round - 1) % Math.max(1, subjects.length);
    for (const subject of [...subjects.slice(first), ...subjects.slice(0, first)])
      samples.get(subject)?.push(await measure(subject, round));
    onRound?.(round, samples);
  }
  return samples;
}

/** Returns the samples of one subject as numbers. */
export function of<Subject, Result>(
  samples: Samples<Subject, Result>,
  subject: Subject,
  pick: (result: Result) => number,
): number[] {
  return (samples.get(subject) ?? []).map(pick);
}
