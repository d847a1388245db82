/** The same said of several places, such as each line's quantity. */
export interface Finding {
  /** The field as the contract names it: `lines[].quantity`. */
  readonly field: string;
  /** A sentence, or the rest of one that begins with the field. */
  readonly text: string;
  /** Where, the first few: `lines[0].quantity`. */
  readonly places: readonly string[];
  readonly count: number;
}

const SHOWN_PLACES = 3;

/** A reply may hold thousands of faults of one kind: they are kept as one. */
export class Findings {
  readonly #byKey = new Map<string, { field: string; text: string; places: string[]; count: number }>();

  /** @param kind what makes two findings one, besides their field */
  add(path: string, text: string, kind = text): void {
    const field = path.replaceAll(/\[\d+\]/g, '[]');
    const key = `${field} ${kind}`;
    const known = this.#byKey.get(key);
    if (known === undefined) this.#byKey.set(key, { field, text, places: [path], count: 1 });
    else {
      known.count += 1;
      if (known.places.length < SHOWN_PLACES) known.places.push(path);
    }
  }

  list(): readonly Finding[] {
    return [...this.#byKey.values()];
  }
}
