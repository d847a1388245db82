import { inBatches } from '../async/in-batches.ts';
import { inParallel } from '../async/in-parallel.ts';
import { asSyncError, SyncError } from '../errors.ts';
import type { OrderDeliverer } from '../internal-system/order-deliverer.ts';
import type { OrderWriter } from '../internal-system/order-writer.ts';
import { type KnownOrder, type ReconciliationStore, UNKNOWN_ORDER } from '../internal-system/reconciliation-store.ts';
import type { Order } from '../orders/order.ts';
import { compareStub, isPruned } from '../reconcile/comparison.ts';
import type { GracePeriod } from '../reconcile/grace-period.ts';
import { REQUESTS_AT_A_TIME, type ShopOrders } from '../reconcile/shop-orders.ts';
import type { FetchedOrder } from '../shop/order-fetcher.ts';
import { retryTransient } from '../shop/retry-transient.ts';
import type { OrderStub } from '../shop/shop-client.ts';
import { decide, type ImportPlan, isPast, OVER } from './import-plan.ts';
import type { ImportProblem, ImportResult } from './import-result.ts';
import type { Throttle } from './throttle.ts';

export interface ImporterOptions {
  readonly plan: ImportPlan;
  /** Orders placed since then, oldest first. */
  readonly list: (since: Date, signal: AbortSignal) => AsyncIterable<OrderStub>;
  readonly store: Pick<ReconciliationStore, 'knownOrders'>;
  readonly shopOrders: Pick<ShopOrders, 'fetch'>;
  /** Orders in one request. */
  readonly maxBatch: number;
  /** Undefined for a dry run: then only the orders that are open in the shop are fetched, as they need a decision. */
  readonly writer: Pick<OrderWriter, 'write'> | undefined;
  /** Where an ERP behind the ledger gets the orders, too. */
  readonly deliverer?: Pick<OrderDeliverer, 'deliver'> | undefined;
  readonly grace: GracePeriod;
  /** Orders changed before this time are no longer kept here. */
  readonly prunedBefore: string | null;
  readonly throttle: Throttle;
  readonly result: ImportResult;
  readonly onProblem: (problem: ImportProblem) => Promise<void>;
  /** Everything placed before this time is done with. @param placed an instant; null while none is known */
  readonly onBatch: (placed: string | null) => Promise<void>;
}

const BATCH_SIZE = 100;
/** That many failures of the shop in a row are not the orders' own. */
const MAX_FAILURES_IN_A_ROW = 10;

/**
 * Brings the shop's past orders in: list → what is not here → fetch → write. It writes by itself, like `resync --force`, and never
 * through the queue, in which live orders would wait behind thousands of old ones. An order that is here stays as it is.
 */
export class Importer {
  readonly #options: ImporterOptions;
  #failuresInARow = 0;
  #placed: string | null = null;

  constructor(options: ImporterOptions) {
    this.#options = options;
  }

  /**
   * @param from where the list begins
   * @throws SyncError when shop or internal system fail for every order; the signal's reason; whatever the listeners throw
   */
  async run(from: Date, signal: AbortSignal): Promise<void> {
    const { list, throttle, onBatch, plan } = this.#options;
    await throttle.turn(signal);
    for await (const stubs of inBatches(list(from, signal), BATCH_SIZE)) {
      const missing = await this.#missingOf(stubs);
      await inParallel(this.#chunks(missing), REQUESTS_AT_A_TIME, async (chunk) => {
        await throttle.turn(signal);
        await this.#bringIn(chunk, signal);
      });
      await onBatch(this.#placed);
      if (this.#placed !== null && isPast(Date.parse(this.#placed), plan)) return;
      await throttle.turn(signal);
    }
  }

  /** Those to fetch. Counts the others. */
  async #missingOf(stubs: readonly OrderStub[]): Promise<readonly OrderStub[]> {
    const { store, result, writer } = this.#options;
    const { counts } = result;
    counts.listed += stubs.length;
    const missing: OrderStub[] = [];
    const valid = stubs.filter(({ problem }) => problem === undefined);
    for (const stub of stubs) {
      if (stub.problem !== undefined)
        await this.#leaveOut(stub, 'invalid_order', `in the shop's list: ${stub.problem}`);
    }
    const knownOrders = await store.knownOrders(valid);
    for (const [index, stub] of valid.entries()) {
      const known = knownOrders[index] ?? UNKNOWN_ORDER;
      const why = this.#whyNot(stub, known);
      if (why === 'known') await this.#leaveOutKnown(stub, known);
      else if (why !== undefined) counts[why] += 1;
      else if (writer === undefined && OVER.includes(stub.status)) counts.over += 1;
      else missing.push(stub);
    }
    return missing;
  }

  #whyNot(stub: OrderStub, known: KnownOrder): 'here' | 'carts' | 'underWay' | 'pruned' | 'known' | undefined {
    const { grace, prunedBefore } = this.#options;
    const comparison = compareStub(stub, known.stored);
    if (comparison !== 'missing' && known.stored !== undefined) this.#reached(known.stored.placedAt);
    if (comparison === 'cart') return 'carts';
    if (comparison !== 'missing') return 'here';
    if (isPruned(stub, comparison, { prunedBefore })) return 'pruned';
    if (!grace.isOver(stub.updatedAt)) return 'underWay';
    const { lastEvent } = known;
    return lastEvent === undefined || lastEvent.state === 'synced' || lastEvent.state === 'undelivered'
      ? undefined
      : 'known';
  }

  async #leaveOutKnown(stub: OrderStub, { lastEvent }: KnownOrder): Promise<void> {
    const state = lastEvent?.state;
    if (state === 'retrying' || state === 'dead-lettered' || state === 'discarded')
      await this.#leaveOut(stub, state, lastEvent?.reason ?? 'its event has failed');
  }

  *#chunks(stubs: readonly OrderStub[]): Generator<readonly OrderStub[]> {
    const { maxBatch } = this.#options;
    for (let start = 0; start < stubs.length; start += maxBatch) yield stubs.slice(start, start + maxBatch);
  }

  async #bringIn(stubs: readonly OrderStub[], signal: AbortSignal): Promise<void> {
    const fetched = await this.#options.shopOrders.fetch(stubs);
    const written = await Promise.allSettled(
      stubs.map(async (stub) => {
        const found = fetched.get(stub);
        if (found instanceof SyncError) await this.#failed(stub, found);
        else if (found !== undefined) await this.#take(stub, found, signal);
      }),
    );
    for (const result of written) if (result.status === 'rejected') throw result.reason;
  }

  async #take(stub: OrderStub, fetched: FetchedOrder, signal: AbortSignal): Promise<void> {
    const { plan, result, writer } = this.#options;
    const { order } = fetched;
    this.#failuresInARow = 0;
    this.#reached(order.placedAt);
    const decision = decide(order, plan);
    if (decision === 'outside') return;
    if (decision === 'undecided') {
      await this.#leaveOut(stub, decision, `open in the shop, and placed on ${order.placedAt.slice(0, 10)}`);
      return;
    }
    if (writer === undefined) {
      result.counts[decision] += 1;
      return;
    }
    try {
      const isNew = await this.#write(stub, fetched, decision === 'over' ? plan.fulfilment : undefined, signal);
      result.counts[isNew ? decision : 'here'] += 1;
    } catch (error) {
      signal.throwIfAborted();
      const failure = asSyncError(error, 'write_failed');
      if (failure.kind === 'outage' || failure.reason === 'unexpected') throw failure;
      await this.#leaveOut(stub, failure.reason, failure.message);
    }
  }

  /** @returns false if it has come in another way meanwhile */
  async #write(
    stub: OrderStub,
    { order, fetchedAt }: FetchedOrder,
    fulfilmentStatus: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> {
    const { writer, deliverer } = this.#options;
    const eventInfo = { reference: stub.orderNumber, event: 'unspecified', attempt: 1, receivedAt: fetchedAt } as const;
    const snapshot = { order, fetchedAt, eventInfo, fulfilmentStatus };
    const written = await retryTransient(signal, async () => writer?.write(snapshot));
    const isNew = written?.outcome === 'synced';
    if (isNew) await retryTransient(signal, async () => deliverer?.deliver(snapshot));
    return isNew;
  }

  /** @throws the failure, if it seems to be everyone's */
  async #failed(stub: OrderStub, failure: SyncError): Promise<void> {
    const isShops = failure.dependency === 'shop' || failure.reason === 'order_not_found';
    this.#failuresInARow = isShops ? this.#failuresInARow + 1 : 0;
    if (this.#failuresInARow >= MAX_FAILURES_IN_A_ROW) throw failure;
    await this.#leaveOut(stub, failure.reason, failure.message);
  }

  async #leaveOut(
    { orderNumber, status, problem }: OrderStub,
    reason: ImportProblem['reason'],
    detail: string,
  ): Promise<void> {
    const left = { orderNumber, status: problem === undefined ? status : null, reason, detail };
    if (this.#options.result.add(left)) await this.#options.onProblem(left);
  }

  #reached(placedAt: Order['placedAt']): void {
    if (this.#placed === null || placedAt > this.#placed) this.#placed = placedAt;
  }
}
