export interface GroupedOptions<Item, Group> {
  /** Begins an empty group, which stays small however much is added. */
  readonly begin: () => Group;
  readonly add: (group: Group, item: Item) => void;
  readonly tell: (group: Group) => void;
  /** From one message to the next, at least. */
  readonly windowMs: number;
  /** Told with the first one, if it comes along with it. @defaultValue 2_000 */
  readonly gatherMs?: number;
}

/** Tells of the first one within moments, and of all that follow in one message per window. */
export class Grouped<Item, Group> {
  readonly #options: GroupedOptions<Item, Group>;
  #group: Group | undefined;
  #timer: NodeJS.Timeout | undefined;
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: GroupedOptions<Item, Group>) {
    this.#options = options;
  }

  /** Costs microseconds. */
  add(item: Item): void {
    const { begin, add, windowMs, gatherMs = GATHER_MS } = this.#options;
    this.#group ??= begin();
    add(this.#group, item);
    const delayMs = Math.max(gatherMs, this.#toldAt + windowMs - performance.now());
    this.#timer ??= setTimeout(() => this.flush(), delayMs).unref();
  }

  /** Tells what has gathered, without waiting: nobody else knows of it when the daemon stops. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const group = this.#group;
    this.#group = undefined;
    if (group === undefined) return;
    this.#toldAt = performance.now();
    this.#options.tell(group);
  }
}

const GATHER_MS = 2_000;
