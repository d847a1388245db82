import { Batcher } from '../async/batcher.ts';
import { asSyncError, type Dependency, SyncError } from '../errors.ts';

/**
 * Tells an outage from a single order's trouble. The signs of an outage:
 *
 * - the failure says so itself (connection refused, credentials refused, rate limited …). But if the dependency gets another
 *   order through and this one fails again, three times in turn, it is this order's own failure
 * - many failures of one dependency in a row, across several orders, with no success in between
 * - an outage of the dependency has begun, and nothing has succeeded since
 * - an order is at its last attempt, and the dependency has not succeeded for anyone since the order's first failure, nor does
 *   it now: nothing shows that it is the order's fault
 * - the shop has none of many orders in a row, or none of them is valid, and neither is one that was before
 *
 * The shop succeeds with every complete reply that names the order, valid or not.
 */
export class OutageDetector {
  readonly #health: Record<Dependency, Health> = { shop: newHealth(), 'internal-system': newHealth() };
  readonly #opinions: Record<Dependency, Batcher<Dependency, Opinion>>;
  /** What the shop does not have. */
  readonly #unknown = new Row();
  readonly #invalid = new Row();
  /** How often these two showed one. */
  #shopOutages = 0;

  constructor(opinions: Readonly<Record<Dependency, SecondOpinion>>) {
    this.#opinions = { shop: shared(opinions.shop), 'internal-system': shared(opinions['internal-system']) };
  }

  /**
   * Takes a step that needs the dependency. A failure that says "outage" is examined: while the dependency works for others,
   * the step is taken again.
   *
   * @param step gets whether it must keep to itself, so that no other order can make it fail
   * @throws SyncError what the step throws, marked as the order's own failure if it is
   */
  watch<T>(dependency: Dependency, step: (isAlone: boolean) => Promise<T>): Promise<T> {
    return step(false).catch((error: unknown) => this.#again(dependency, step, error));
  }

  async #again<T>(dependency: Dependency, step: (isAlone: boolean) => Promise<T>, failure: unknown): Promise<T> {
    for (let failures = 1, error = failure; ; failures += 1) {
      if (!(error instanceof SyncError) || error.kind !== 'outage' || error.dependency !== dependency) throw error;
      if (!(await this.#works(dependency))) throw error;
      if (failures > ALIBIS) throw error.asOwn();
      try {
        return await step(true);
      } catch (next) {
        error = next;
      }
    }
  }

  recordSuccess(dependency: Dependency): void {
    succeed(this.#health[dependency]);
    if (dependency !== 'shop') return;
    this.#unknown.end();
    this.#invalid.end();
  }

  /**
   * Records a failure.
   *
   * @returns the outage that it shows, if it shows one; `interrupted` when there was no time to tell
   */
  async outageIn(error: SyncError, suspect: Suspect): Promise<SyncError | undefined> {
    try {
      return await this.#outageIn(error, suspect);
    } catch (interrupted) {
      return asSyncError(interrupted);
    }
  }

  async #outageIn(error: SyncError, suspect: Suspect): Promise<SyncError | undefined> {
    if (error.kind !== 'outage') {
      if (error.reason === 'order_not_found') return await this.#outageInUnknown(suspect);
      if (error.reason === 'invalid_order' || error.reason === 'wrong_order')
        return await this.#outageInInvalid(suspect);
    }
    if (error.dependency === undefined) return undefined;
    const health = this.#health[error.dependency];
    // A known order fetched shows that the shop works. One written again does not show that new ones can be.
    if (!error.isOwn || error.dependency === 'internal-system') health.failures.add(suspect);
    health.isDown = looksDown(error, health) || (await this.#isUnproven(error, suspect));
    return health.isDown ? error : undefined;
  }

  /** Nothing shows that it is the order's fault, and there would be no other attempt. */
  async #isUnproven({ kind, isOwn, dependency }: SyncError, suspect: Suspect): Promise<boolean> {
    if (kind === 'permanent' || isOwn || dependency === undefined) return false;
    return isTheLast(suspect, this.#health[dependency]) && (await this.#works(dependency)) !== true;
  }

  async #outageInUnknown(suspect: Suspect): Promise<SyncError | undefined> {
    const { shop } = this.#health;
    this.#unknown.add(suspect);
    const { isLong, length } = this.#unknown;
    if (!isLong && !isTheLast(suspect, shop)) return undefined;
    const works = await this.#worksSince();
    if (works === 'again') return FETCHED_IN_OUTAGE;
    // With none to compare them with, a few unknown orders are what they seem.
    if (works ?? !isLong) return undefined;
    const known = works === false ? ', nor one that it had before' : '';
    const finding = `The shop does not have the order that it was asked for, ${length} times in a row${known}.`;
    return this.#shopIsDown('order_not_found', finding, 'Are SHOP_BASE_URL and SHOP_ORDER_PATH right?');
  }

  async #outageInInvalid(suspect: Suspect): Promise<SyncError | undefined> {
    this.#invalid.add(suspect);
    const { isLong, length } = this.#invalid;
    const works = isLong ? await this.#worksSince() : undefined;
    if (works === 'again') return FETCHED_IN_OUTAGE;
    if (works === false) {
      const finding = `The shop's orders are not valid, ${length} times in a row, nor is one that was before.`;
      return this.#shopIsDown('invalid_order', finding, "Has the shop's API changed?");
    }
    if (isLong) this.#invalid.end();
    succeed(this.#health.shop);
    this.#unknown.end();
    return undefined;
  }

  #shopIsDown(reason: 'order_not_found' | 'invalid_order', finding: string, remedy: string): SyncError {
    this.#health.shop.isDown = true;
    this.#shopOutages += 1;
    return new SyncError(reason, finding, { outageOf: 'shop', remedy });
  }

  /** Whether the shop works; `again` if it was down when this was asked, or has been since. */
  async #worksSince(): Promise<boolean | 'again' | undefined> {
    const wasDown = this.#health.shop.isDown;
    const outages = this.#shopOutages;
    const works = await this.#works('shop');
    return works === true && (wasDown || outages !== this.#shopOutages) ? 'again' : works;
  }

  async #works(dependency: Dependency): Promise<boolean | undefined> {
    const { works } = await this.#opinions[dependency].add(dependency);
    if (works === true && dependency === 'shop') this.recordSuccess('shop');
    return works;
  }
}

function looksDown({ kind, isOwn }: SyncError, health: Health): boolean {
  if (kind === 'outage' || health.failures.isLong) return true;
  return health.isDown && kind === 'transient' && !isOwn;
}

/** It is at its last attempt, and nobody has succeeded since its first failure. */
function isTheLast({ isLastAttempt, firstFailedAt }: Suspect, { succeededAt }: Health): boolean {
  return isLastAttempt && succeededAt < firstFailedAt.getTime();
}

/** What the shop said then is no verdict on an order. */
const FETCHED_IN_OUTAGE = new SyncError('interrupted', 'The shop was down when this order was fetched.');

/** The delivery whose failure is recorded. */
export interface Suspect {
  readonly reference: string;
  readonly isLastAttempt: boolean;
  readonly firstFailedAt: Date;
}

/**
 * Whether the dependency gets an order through right now that it has got through before. Undefined: there is none.
 *
 * @throws SyncError `interrupted`
 */
export type SecondOpinion = () => Promise<boolean | undefined>;

interface Opinion {
  readonly works: boolean | undefined;
}

/** Shared by all who ask before it is sought: it says something about the failures before it, not about later ones. */
function shared(opinion: SecondOpinion): Batcher<Dependency, Opinion> {
  const run = async () => [{ works: await opinion() }];
  return new Batcher({ run, maxBatch: 1, slots: 1, keyOf: (dependency) => dependency });
}

interface Health {
  isDown: boolean;
  /** ms since the epoch; 0: never. */
  succeededAt: number;
  readonly failures: Row;
}

function newHealth(): Health {
  return { isDown: false, succeededAt: 0, failures: new Row() };
}

function succeed(health: Health): void {
  health.isDown = false;
  health.succeededAt = Date.now();
  health.failures.end();
}

/** Failures in a row. */
class Row {
  length = 0;
  readonly #references = new Set<string>();

  add({ reference }: Suspect): void {
    this.length += 1;
    if (this.#references.size < SEVERAL_ORDERS) this.#references.add(reference);
  }

  end(): void {
    if (this.length === 0) return;
    this.length = 0;
    this.#references.clear();
  }

  get isLong(): boolean {
    return this.length >= MANY_FAILURES && this.#references.size >= SEVERAL_ORDERS;
  }
}

const MANY_FAILURES = 10;
const SEVERAL_ORDERS = 3;
/** How often others must get through while this order fails. By chance, a shop of which half refuses everything does so once in 128. */
const ALIBIS = 3;
