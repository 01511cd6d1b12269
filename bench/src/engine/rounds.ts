/** What was measured of each, round by round. */
export type Samples<Subject, Result> = ReadonlyMap<Subject, readonly Result[]>;

/** Measures each in turn, round after round, so that whatever else the machine does falls on all of them. */
export async function interleaved<Subject, Result>(
  subjects: readonly Subject[],
  rounds: number,
  measure: (subject: Subject, round: number) => Promise<Result>,
  onRound?: (round: number, samples: Samples<Subject, Result>) => void,
): Promise<Samples<Subject, Result>> {
  const samples = new Map<Subject, Result[]>(subjects.map((subject) => [subject, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const [subject, results] of samples) results.push(await measure(subject, round));
    onRound?.(round, samples);
  }
  return samples;
}

/** The samples of one of them, as numbers. */
export function of<Subject, Result>(
  samples: Samples<Subject, Result>,
  subject: Subject,
  pick: (result: Result) => number,
): number[] {
  return (samples.get(subject) ?? []).map(pick);
}
