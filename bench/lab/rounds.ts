import { median } from '../report/statistics.ts';

/** One thing to measure in every round. */
export interface Entry<R> {
  readonly name: string;
  readonly run: () => Promise<R>;
  /** For the progress line. */
  readonly describe: (run: R) => string;
}

/** The results by name, one per round, in order. */
export type Rounds<R> = ReadonlyMap<string, readonly R[]>;

/** Runs all entries in every round. Each round begins with another one, so that none always gets the best moment. */
export async function interleave<R>(
  say: (line: string) => void,
  rounds: number,
  entries: readonly Entry<R>[],
): Promise<Rounds<R>> {
  const results = new Map<string, R[]>(entries.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < entries.length; place += 1) {
      const entry = entries[(place + round) % entries.length];
      if (entry === undefined) continue;
      const result = await entry.run();
      results.get(entry.name)?.push(result);
      say(`  round ${round + 1}/${rounds}  ${entry.name.padEnd(28)} ${entry.describe(result)}`);
    }
  }
  return results;
}

export function medianOf<R>(rounds: Rounds<R>, name: string, measure: (run: R) => number): number {
  return median((rounds.get(name) ?? []).map(measure));
}

/** The median of the rounds' ratios, so that a disturbance of a whole round cancels out. */
export function ratioOf<R>(rounds: Rounds<R>, name: string, against: string, measure: (run: R) => number): number {
  const others = rounds.get(against) ?? [];
  return median(
    (rounds.get(name) ?? []).flatMap((run, round) => {
      const other = others[round];
      return other === undefined ? [] : [measure(run) / measure(other)];
    }),
  );
}
