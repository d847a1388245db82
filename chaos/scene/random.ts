import { seededRandom } from '../../demo/orders/seeded-random.ts';

/** Randomness that is the same for the same seed, so that a run can be repeated. */
export class Random {
  /** From 0 to 1, without 1. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number from `min` to `max`, both included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.between(0, items.length - 1)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** A generator of its own for one part: what that part draws does not affect the others. */
  fork(label: string): Random {
    let seed = Math.floor(this.next() * 2 ** 32);
    for (const character of label) seed = Math.imul(seed ^ character.charCodeAt(0), 0x01000193) >>> 0;
    return new Random(seed);
  }
}
