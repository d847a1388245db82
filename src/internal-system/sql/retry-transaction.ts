import { setTimeout } from 'node:timers/promises';

const MAX_RUNS = 5;

/**
 * Runs a transaction again, at once, when it lost a race: a deadlock's victim, or another daemon inserted the same order
 * first. Whoever won has committed, so the next run goes through; the random pause parts those that meet again.
 */
export async function retryTransaction<T>(run: () => Promise<T>, lostRace: (error: unknown) => boolean): Promise<T> {
  for (let runs = 1; ; runs += 1) {
    try {
      return await run();
    } catch (error) {
      if (runs === MAX_RUNS || !lostRace(error)) throw error;
    }
    await setTimeout(Math.random() * 20 * runs);
  }
}
