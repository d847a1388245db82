/**
 * A set and a map for what comes and goes thousands of times a second.
 *
 * V8 links each table that a `Set` or `Map` has outgrown to the next one. Once one of them has become old, everything that was in
 * those after it lives on until the next full collection, and so does whatever that refers to: here, whole orders. That made
 * garbage collection a third of the daemon's CPU time.
 */

/** What can be in a `ShortLivedSet`, in one at a time. */
export interface Placed {
  /** Owned by the set. */
  place: number;
}

/** In no order. */
export class ShortLivedSet<T extends Placed> implements Iterable<T> {
  readonly #members: T[] = [];

  get size(): number {
    return this.#members.length;
  }

  add(member: T): void {
    member.place = this.#members.push(member) - 1;
  }

  /** @returns false when it is not there, or not any more */
  delete(member: T): boolean {
    const { place } = member;
    if (this.#members[place] !== member) return false;
    const last = this.#members.pop();
    if (last !== undefined && last !== member) {
      this.#members[place] = last;
      last.place = place;
    }
    return true;
  }

  [Symbol.iterator](): Iterator<T> {
    return [...this.#members].values();
  }
}

/** Its tables hold keys and numbers only. */
export class ShortLivedMap<T> {
  readonly #places = new Map<string, number>();
  readonly #values: (T | undefined)[] = [];
  readonly #free: number[] = [];

  has(key: string): boolean {
    return this.#places.has(key);
  }

  get(key: string): T | undefined {
    const place = this.#places.get(key);
    return place === undefined ? undefined : this.#values[place];
  }

  set(key: string, value: T): void {
    const place = this.#places.get(key) ?? this.#free.pop() ?? this.#values.length;
    this.#places.set(key, place);
    this.#values[place] = value;
  }

  delete(key: string): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#places.delete(key);
    this.#values[place] = undefined;
    this.#free.push(place);
  }

  keys(): string[] {
    return [...this.#places.keys()];
  }
}
