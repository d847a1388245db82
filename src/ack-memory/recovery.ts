import { inParallel } from '../async/in-parallel.ts';
import { repeat } from '../async/repeat.ts';
import type { AckMemory } from './ack-memory.ts';
import type { RememberedOrder } from './memory-rows.ts';
import { type ReadableStore, type ReadBack, readBack } from './read-back.ts';
import type { RecoveryLog } from './recovery-log.ts';

const TICKS_PER_LOOK = 5;
/** Everything is looked up this often without a reason, too: a pooler hides a failover, and a quiet night makes no connections. */
const LOOKS_UNTIL_ALL = 6;
/** An event that has left no trace by then was lost with its queue. */
const ASK_AGAIN_MS = 600_000;
const EVENTS_IN_FLIGHT = 100;
/** How long an event may have waited between the change in the shop and its ack. */
const EVENTS_WAIT_MS = 3_600_000;

export interface RecoveryOptions {
  readonly memory: AckMemory;
  readonly store: ReadableStore;
  /** Publishes "look at this order again"; resolves when the broker has confirmed it. */
  readonly publish: (order: RememberedOrder) => Promise<void>;
  /** Compares the shop's changes since then. Never rejects. */
  readonly walk: (since: Date) => Promise<'done' | 'later' | { readonly impossible: string }>;
  /** True while events can't be processed, or many are waiting. */
  readonly isBusy: () => Promise<boolean>;
  readonly log: RecoveryLog;
  /** From one look into the internal system to the next: a pool opens several connections at a time. */
  readonly lookEveryMs: number;
}

/**
 * Notices what the internal system has forgotten of the orders that were acked, after a failover or a restored backup, and has it
 * brought back: by an event for each order that is remembered, and by a walk over the shop's changes for those that other daemons
 * acked, or that are too many to be remembered.
 *
 * How far this is stands in the memory's file, and not in the internal system, which may forget that as well. So a daemon that is
 * restarted goes on with it.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #stopping = new AbortController();
  #isLookWanted = true;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #lookedAtAll = Number.NEGATIVE_INFINITY;
  #running: Promise<void> = Promise.resolve();
  #walking: Promise<void> | undefined;
  #noticed = 0;

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Begins with a look at everything: what happened while no daemon ran is not known. */
  start(): void {
    const { log, lookEveryMs } = this.#options;
    this.#running = repeat(
      lookEveryMs / TICKS_PER_LOOK,
      this.#stopping.signal,
      () => this.#tick(),
      (error) => log.failed(error),
    );
  }

  /** Call it whenever the database may have become another one: everything that is remembered is looked up within seconds. */
  lookSoon(): void {
    this.#isLookWanted = true;
  }

  /** Since the start: orders that the internal system had forgotten. */
  get noticed(): number {
    return this.#noticed;
  }

  /** Of the forgotten orders, those that are not back yet. */
  get missing(): number {
    return this.#options.memory.forgotten;
  }

  /** What is not done yet is left to the next start. Never rejects. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#running, this.#walking]);
  }

  async #tick(): Promise<void> {
    const { memory, log, lookEveryMs } = this.#options;
    const { orders, walkFrom } = memory.loss;
    const isDue = performance.now() - this.#lookedAt >= lookEveryMs;
    const isAllDue = performance.now() - this.#lookedAtAll >= LOOKS_UNTIL_ALL * lookEveryMs;
    if (isDue && (this.#isLookWanted || isAllDue)) await this.#look('all');
    else if (isDue && orders > 0 && !(await this.#isBusy())) await this.#look('forgotten');
    if (walkFrom !== null) this.#walking ??= this.#walk(walkFrom);
    const loss = memory.loss;
    if (loss.orders > 0 && memory.forgotten === 0 && memory.ended()) log.ended(loss);
  }

  async #look(which: 'all' | 'forgotten'): Promise<void> {
    const { memory, store } = this.#options;
    this.#lookedAt = performance.now();
    if (which === 'all') {
      this.#lookedAtAll = this.#lookedAt;
      this.#isLookWanted = false;
    }
    try {
      const found = await readBack(memory, store, which, this.#stopping.signal);
      memory.returned(found.returned);
      memory.removed(found.removed);
      memory.failed(found.failed);
      const noticed = await this.#notice(found);
      await this.#ask([...noticed, ...found.doubtful, ...(await this.#unanswered(found))]);
    } catch (error) {
      this.#isLookWanted ||= which === 'all';
      throw error;
    }
  }

  /** @returns what nobody had noticed yet */
  async #notice({ gone, isAnyHeld }: ReadBack): Promise<readonly RememberedOrder[]> {
    const { memory, log } = this.#options;
    const fresh = gone.filter(({ forgottenAt }) => forgottenAt === null);
    if (fresh.length === 0) return [];
    const firstAt = Math.min(...fresh.map(({ ackedAt }) => ackedAt));
    const lostAt = isAnyHeld ? firstAt : Math.min(firstAt, await this.#comparedUntil(firstAt));
    const before = memory.loss;
    const noticed = memory.forgot(fresh, Date.now(), lostAt - EVENTS_WAIT_MS);
    this.#noticed += noticed.length;
    if (noticed.length > 0) log.forgotten(noticed, before);
    return noticed;
  }

  /** Where everything is gone, the loss began before the memory does. The internal system remembers how far it had been compared. */
  async #comparedUntil(otherwise: number): Promise<number> {
    const { cursor } = await this.#options.store.readScan('changes');
    return cursor === null ? otherwise : Date.parse(cursor);
  }

  /** Noticed before a restart and not asked for; or asked for in vain. */
  async #unanswered({ gone, retrying }: ReadBack): Promise<readonly RememberedOrder[]> {
    const isStale = (askedAt: number) => Date.now() - askedAt > ASK_AGAIN_MS;
    const noticed = gone.filter(({ forgottenAt }) => forgottenAt !== null);
    const stale = noticed.filter((order) => order.askedAt !== null && isStale(order.askedAt) && !retrying.has(order));
    const never = noticed.filter(({ askedAt }) => askedAt === null);
    return stale.length === 0 || (await this.#isBusy()) ? never : [...never, ...stale];
  }

  async #ask(orders: readonly RememberedOrder[]): Promise<void> {
    const { memory, publish } = this.#options;
    const asked: RememberedOrder[] = [];
    const askedAt = Date.now();
    try {
      await inParallel(orders, EVENTS_IN_FLIGHT, async (order) => {
        await publish(order);
        asked.push(order);
      });
    } finally {
      memory.asked(asked, askedAt);
    }
  }

  /** Not while the events for what is remembered are waiting: they would be published twice. */
  async #walk(from: number): Promise<void> {
    const { memory, walk, log } = this.#options;
    const result = (await this.#isBusy()) ? 'later' : await walk(new Date(from));
    this.#walking = undefined;
    if (result === 'later') return;
    memory.walked();
    if (result !== 'done') log.cannotWalk(result.impossible);
  }

  async #isBusy(): Promise<boolean> {
    return await this.#options.isBusy().catch(() => true);
  }
}
